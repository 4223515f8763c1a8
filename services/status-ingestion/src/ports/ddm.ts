import type { Tx } from '@lamplighter/runtime';
import type { DeclaredStatus, ReportedDeclaration } from '@lamplighter/contracts';
import type { DdmCapabilities } from '../domain/ddm-facts.ts';
import type { DdmState } from '../domain/ddm-state.ts';
import type { DeviceKey } from './devices.ts';

export interface StoredDdm extends DeviceKey {
  state: DdmState;
  /** Undefined before the first report. */
  reportedAt?: Date | undefined;
  /** Undefined for user channels, and for a device that is not known to have enrolled. */
  enrolledAt?: Date | undefined;
}

/** A device's state, and what it means. */
export interface DdmRow extends DeviceKey {
  state: DdmState;
  reportedAt: Date;
  status: DeclaredStatus;
  capabilities?: DdmCapabilities | undefined;
  declarations?: readonly ReportedDeclaration[] | undefined;
  betaEnrollment?: string | undefined;
}

export abstract class DdmStore {
  /**
   * What these devices and user channels have said so far; holds their rows until the transaction ends. One that said nothing yet
   * gets an empty row. At most one key a device, sorted.
   */
  abstract hold(tx: Tx, keys: readonly DeviceKey[], now: Date): Promise<StoredDdm[]>;

  /** Replaces the rows, which must be held. */
  abstract write(tx: Tx, batch: readonly DdmRow[], now: Date): Promise<void>;
}
