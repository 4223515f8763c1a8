import type { DeviceIdentity, TrustAnchors } from '@lamplighter/apple';
import type { AnswerPayload, DdmSync, DdmSyncReply, Exchange, ExchangeReply } from '@lamplighter/contracts';

/** The command queue, for one device at a time; what is on its way together travels together. */
export abstract class ExchangeQueue {
  /**
   * The answer (if any) is durable when this returns. Throws AppError `request.unavailable` when nobody answers in
   * time, `gateway.overloaded` when too many wait already; the device then keeps its answer and repeats it.
   */
  abstract exchange(exchange: Exchange): Promise<ExchangeReply>;
}

/** Declarative management, for one device at a time; what is on its way together travels together. */
export abstract class Declarations {
  /** A report is kept when this returns with 200. Throws AppError `request.unavailable` when nobody answers in time. */
  abstract sync(sync: DdmSync): Promise<DdmSyncReply>;
}

/** Makes a device's answer fit for travel: as it is, compressed, or stored and named by reference. */
export abstract class AnswerPacker {
  /**
   * `xml` is valid UTF-8. Stored before this returns where it goes by reference, if `mayKeep` says so: only then it is asked, and
   * undefined is returned where it does not.
   */
  abstract pack(xml: Buffer, mayKeep: () => Promise<boolean>): Promise<AnswerPayload | undefined>;
}

/** Whose certificates devices may show. */
export abstract class DeviceAuthorities {
  /** Another object after each reload, with other anchors. */
  abstract readonly options: { readonly anchors: TrustAnchors; readonly allowSha1: boolean };
  /** Their certificates, PEM. */
  abstract readonly pem: string;
  /** Reads them again. Throws AppError `config.unreadable-file`; what was read before then stays. */
  abstract reload(): void;
}

/** What an enrollment profile is made of beside settings. */
export interface EnrollmentContents {
  /** Undefined where the SCEP server wants none. */
  readonly challenge: string | undefined;
  /** DER; empty where devices trust the server's certificate already. */
  readonly authorities: readonly Buffer[];
  /** Undefined: profiles are not signed. */
  readonly signer: DeviceIdentity | undefined;
}

/** Files that settings of enrollment name, as they are now. Throws AppError `config.unreadable-file`. */
export abstract class EnrollmentFiles {
  /** What a link to the profile must carry; undefined where it is open to everybody. */
  abstract password(): string | undefined;
  abstract contents(): EnrollmentContents;
}
