import { type CanActivate, type ExecutionContext, Injectable, createParamDecorator } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { AuthenticateCaller } from '../steps/authenticate-caller.ts';
import type { Judged } from './unread-body.ts';

/** Lets in who holds a live bearer token. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly step: AuthenticateCaller) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Judged>();
    if (request.refusal !== undefined) throw request.refusal;
    // Known already where there was a body to read.
    request.caller ??= await this.step.run(request.headers.authorization);
    return true;
  }
}

/** The caller that BearerGuard let in. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<Judged>().caller!,
);
