import type { DdmSync } from '@lamplighter/contracts';
import type { DdmBed } from './bed.ts';

interface Item {
  Identifier: string;
  ServerToken: string;
}

interface Items {
  Declarations: Record<'Activations' | 'Configurations' | 'Assets' | 'Management', Item[]>;
  DeclarationsToken: string;
}

export interface HeldDeclaration {
  Type: string;
  Identifier: string;
  ServerToken: string;
  Payload: unknown;
}

const KINDS = { Activations: 'activation', Configurations: 'configuration', Assets: 'asset', Management: 'management' };

/** A device's declarations, kept by Apple's algorithm: compare the token, fetch what differs, drop what is not listed. */
export class SyncingDevice {
  readonly held = new Map<string, HeldDeclaration>();
  token = '';
  /** Declarations fetched so far. */
  fetched = 0;
  private readonly bed: DdmBed;
  private readonly who: Partial<DdmSync>;

  constructor(bed: DdmBed, deviceId: string, more: Partial<DdmSync> = {}) {
    this.bed = bed;
    this.who = { deviceId, ...more };
  }

  async sync(): Promise<void> {
    const { SyncTokens } = await this.ask<{ SyncTokens: { DeclarationsToken: string } }>('tokens');
    if (SyncTokens.DeclarationsToken === this.token) return;
    const { Declarations, DeclarationsToken } = await this.ask<Items>('declaration-items');
    const listed = new Set<string>();
    for (const [key, kind] of Object.entries(KINDS)) {
      for (const { Identifier, ServerToken } of Declarations[key as keyof Items['Declarations']]) {
        listed.add(Identifier);
        if (this.held.get(Identifier)?.ServerToken === ServerToken) continue;
        const reply = await this.bed.sync(`declaration/${kind}/${Identifier}`, this.who);
        this.fetched += 1;
        if (reply.status === 200) this.held.set(Identifier, JSON.parse(reply.body!) as HeldDeclaration);
        else this.held.delete(Identifier);
      }
    }
    for (const identifier of this.held.keys()) if (!listed.has(identifier)) this.held.delete(identifier);
    this.token = DeclarationsToken;
  }

  private async ask<T>(endpoint: string): Promise<T> {
    const reply = await this.bed.sync(endpoint, this.who);
    if (reply.status !== 200) throw new Error(`${this.who.deviceId} got ${reply.status} to ${endpoint}`);
    return JSON.parse(reply.body!) as T;
  }
}
