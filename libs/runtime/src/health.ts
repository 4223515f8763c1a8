import { Controller, Get, HttpCode, HttpException, Injectable } from '@nestjs/common';

/** Says undefined when all is well, else what is wrong. */
export type Check = () => Promise<string | undefined> | string | undefined;

/** What must hold for this process to take work. Adapters register their own. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, Check>();
  private draining = false;

  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** From here on readiness fails, so that no new work is sent here. */
  startDraining(): void {
    this.draining = true;
  }

  /** Problems by name; empty when ready. */
  async problems(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    if (this.draining) found['process'] = 'shutting down';
    for (const [name, check] of this.checks) {
      const problem = await check();
      if (problem !== undefined) found[name] = problem;
    }
    return found;
  }
}

@Controller()
export class HealthController {
  private readonly checks: HealthChecks;

  constructor(checks: HealthChecks) {
    this.checks = checks;
  }

  /** Liveness: this process runs its event loop. Says nothing of its dependencies, so that their outage restarts nobody. */
  @Get('livez')
  @HttpCode(200)
  live(): { status: string } {
    return { status: 'alive' };
  }

  /** Readiness: 200, or 503 with what is wrong. */
  @Get('readyz')
  async ready(): Promise<{ status: string }> {
    const problems = await this.checks.problems();
    if (Object.keys(problems).length > 0) throw new HttpException({ status: 'not ready', problems }, 503);
    return { status: 'ready' };
  }
}
