import { createHash } from 'node:crypto';
import { validateDocument } from '@lamplighter/apple';
import { isObject } from '../device/ddm/declaration.ts';

export interface Declared {
  readonly Type: string;
  readonly Identifier: string;
  readonly Payload: Record<string, unknown>;
}

export interface Asked {
  readonly endpoint: string;
  readonly status: number;
}

export type Status = Readonly<Record<string, unknown>>;

const KINDS = { activation: 'Activations', configuration: 'Configurations', asset: 'Assets', management: 'Management' };
const kindOf = ({ Type }: Declared): keyof typeof KINDS => Type.split('.')[2] as keyof typeof KINDS;
const tokenOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

/** The server's side of declarative management, as far as the specs need it: one set of declarations a device. */
export class DdmServer {
  /** What was asked, oldest first. */
  readonly asked: Asked[] = [];
  private readonly sets = new Map<string, readonly Declared[]>();
  private readonly reports = new Map<string, Status[]>();

  /** These declarations and no others. */
  assign(udid: string, ...declarations: readonly Declared[]): void {
    this.sets.set(udid, declarations);
  }

  /** The Data of a DeclarativeManagement command. */
  tokens(udid: string): Buffer {
    const DeclarationsToken = tokenOf(this.sets.get(udid) ?? []);
    return Buffer.from(JSON.stringify({ SyncTokens: { DeclarationsToken, Timestamp: '2026-10-01T00:00:00Z' } }));
  }

  /** Whole reports, oldest first. */
  reportsOf(udid: string): readonly Status[] {
    return this.reports.get(udid) ?? [];
  }

  /** The values that a status item was reported with, oldest first. */
  said(udid: string, name: string): unknown[] {
    return this.reportsOf(udid).flatMap(({ StatusItems }) => {
      const value = name.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), StatusItems);
      return value === undefined ? [] : [value];
    });
  }

  answer(udid: string, endpoint: string, data: Buffer | undefined): { status: number; body: string } {
    const body = this.bodyOf(udid, endpoint, data);
    const status = body === undefined ? 404 : 200;
    this.asked.push({ endpoint, status });
    return { status, body: body ?? '' };
  }

  private bodyOf(udid: string, endpoint: string, data: Buffer | undefined): string | undefined {
    const declarations = this.sets.get(udid) ?? [];
    if (endpoint === 'tokens') return this.tokens(udid).toString();
    if (endpoint === 'status') return this.take(udid, data);
    if (endpoint === 'declaration-items') {
      const items = (kind: string) =>
        declarations
          .filter((one) => kindOf(one) === kind)
          .map((one) => ({ Identifier: one.Identifier, ServerToken: tokenOf(one) }));
      const Declarations = Object.fromEntries(Object.entries(KINDS).map(([kind, list]) => [list, items(kind)]));
      return JSON.stringify({ Declarations, DeclarationsToken: tokenOf(declarations) });
    }
    const [, kind, identifier] = /^declaration\/(\w+)\/(.+)$/.exec(endpoint) ?? [];
    const found = declarations.find((one) => kindOf(one) === kind && one.Identifier === identifier);
    return found && JSON.stringify({ ...found, ServerToken: tokenOf(found) });
  }

  private take(udid: string, data: Buffer | undefined): string {
    const report = JSON.parse(String(data)) as Status;
    const faults = validateDocument('StatusReport', report);
    if (faults.length > 0) throw new Error(`a report that is none: ${JSON.stringify(faults)}`);
    this.reports.set(udid, [...this.reportsOf(udid), report]);
    return '';
  }
}
