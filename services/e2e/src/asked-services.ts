import { type RunningService, startService } from '@lamplighter/runtime';
import { type TestDatabase, testDatabase, testNats, testSettings } from '@lamplighter/testing';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../tools/lamp/src/paths.ts';
import { AdminApiModule } from '../../admin-api/src/admin-api.module.ts';
import { config as adminConfig } from '../../admin-api/src/config.ts';
import { config as schedulerConfig } from '../../update-scheduler/src/config.ts';
import { UpdateSchedulerModule } from '../../update-scheduler/src/update-scheduler.module.ts';

const TOKEN = 'lamp-test-token';

/** The two services that answer administrators, on a database of their own, asked by HTTP or on the command line. */
export class AskedServices {
  private constructor(
    readonly database: TestDatabase,
    private readonly scheduler: RunningService,
    private readonly admin: RunningService,
  ) {}

  /** @param at ISO instant that both live in from here on; `stage` is SQL that sets the stage before they start */
  static async start(at: string, stage?: string): Promise<AskedServices> {
    const database = await testDatabase();
    if (stage !== undefined) await database.admin.query({ text: stage });
    const env = { ...testSettings(testNats()), LAMP_CLOCK: `scaled:${Date.now()}:${Date.parse(at)}:1` };
    const scheduler = await startService('update-scheduler', UpdateSchedulerModule, schedulerConfig, {
      ...env,
      LAMP_DATABASE_URL: database.urlOf('update_scheduler'),
    });
    const admin = await startService('admin-api', AdminApiModule, adminConfig, {
      ...env,
      LAMP_DATABASE_URL: database.urlOf('admin_api'),
      LAMP_ADMIN_TOKEN_SHA256: createHash('sha256').update(TOKEN).digest('hex'),
    });
    return new AskedServices(database, scheduler, admin);
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(new URL(path, this.admin.url), {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** The `lamp` command in a process of its own. */
  async lamp(args: string[], input = ''): Promise<{ status: number; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [join(repositoryRoot, 'tools/lamp/src/main.ts'), ...args], {
      env: { PATH: process.env['PATH'], LAMP_API_URL: this.admin.url, LAMP_TOKEN: TOKEN },
    });
    child.stdin.end(input);
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { status, stdout, stderr };
  }

  async stop(): Promise<void> {
    await this.admin.stop();
    await this.scheduler.stop();
    await this.database.close();
  }
}
