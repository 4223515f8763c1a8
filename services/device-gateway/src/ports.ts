import type { TrustAnchors } from '@lamplighter/apple';
import type { AnswerPayload, Exchange, ExchangeReply } from '@lamplighter/contracts';

/** The command queue, for one device at a time; what is on its way together travels together. */
export abstract class ExchangeQueue {
  /**
   * The answer (if any) is durable when this returns. Throws AppError `request.unavailable` when nobody answers in
   * time, `gateway.overloaded` when too many wait already; the device then keeps its answer and repeats it.
   */
  abstract exchange(exchange: Exchange): Promise<ExchangeReply>;
}

/** Makes a device's answer fit for travel: as it is, compressed, or stored and named by reference. */
export abstract class AnswerPacker {
  /** `xml` is valid UTF-8. Stored before this returns where it goes by reference. */
  abstract pack(xml: Buffer): Promise<AnswerPayload>;
}

/** Whose certificates devices may show. */
export abstract class DeviceAuthorities {
  abstract readonly options: { readonly anchors: TrustAnchors; readonly allowSha1: boolean };
}
