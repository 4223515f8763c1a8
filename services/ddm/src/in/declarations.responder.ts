import {
  declarationGroupAssign,
  declarationNotify,
  declarationPut,
  declarationRemove,
  declarationSetAssign,
  declarationSetChange,
  declarationTouch,
  type InputOf,
  type OutputOf,
} from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ChangeDeclarations } from '../steps/change-declarations.ts';
import { ChangeGroupSets } from '../steps/change-group-sets.ts';
import { ChangeSets } from '../steps/change-sets.ts';

/** What operators ask for, while they wait. */
@Controller()
export class DeclarationsResponder {
  constructor(
    private readonly declarations: ChangeDeclarations,
    private readonly sets: ChangeSets,
    private readonly groups: ChangeGroupSets,
  ) {}

  @OnRequest(declarationPut)
  async put(input: InputOf<typeof declarationPut>): Promise<OutputOf<typeof declarationPut>> {
    return { ok: await this.declarations.put(input) };
  }

  @OnRequest(declarationRemove)
  async remove(input: InputOf<typeof declarationRemove>): Promise<OutputOf<typeof declarationRemove>> {
    return { ok: await this.declarations.remove(input) };
  }

  @OnRequest(declarationTouch)
  async touch(input: InputOf<typeof declarationTouch>): Promise<OutputOf<typeof declarationTouch>> {
    return { ok: await this.declarations.touch(input) };
  }

  @OnRequest(declarationSetChange)
  async change(input: InputOf<typeof declarationSetChange>): Promise<OutputOf<typeof declarationSetChange>> {
    return { ok: await this.sets.change(input) };
  }

  @OnRequest(declarationSetAssign)
  async assign(input: InputOf<typeof declarationSetAssign>): Promise<OutputOf<typeof declarationSetAssign>> {
    return { ok: await this.sets.assign(input) };
  }

  @OnRequest(declarationGroupAssign)
  async assignGroup(input: InputOf<typeof declarationGroupAssign>): Promise<OutputOf<typeof declarationGroupAssign>> {
    return { ok: await this.groups.assign(input) };
  }

  @OnRequest(declarationNotify)
  async notify(input: InputOf<typeof declarationNotify>): Promise<OutputOf<typeof declarationNotify>> {
    return { ok: await this.sets.notify(input) };
  }
}
