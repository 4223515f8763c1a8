import type { InputOf, ItemOf, Message, MessageDefinition, OutputOf, RequestDefinition } from '@lamplighter/contracts';
import 'reflect-metadata';
import type { ConsumeOptions } from './consumer.ts';

const MESSAGES = Symbol('lamplighter:on-messages');
const REQUEST = Symbol('lamplighter:on-request');

export interface MessagesMark {
  definition: MessageDefinition;
  options: ConsumeOptions;
}

export interface RequestMark {
  definition: RequestDefinition;
}

type Decorated<T> = (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>) => void;

/**
 * Hands the service's share of a message to a controller's method, in batches of what has arrived. A return settles all of
 * them; after a throw each is handled alone, and settled by its own error's `outcome`. One handler per message and service.
 */
export function OnMessages<D extends MessageDefinition>(
  definition: D,
  options: ConsumeOptions = {},
): Decorated<(batch: Message<ItemOf<D>>[]) => Promise<void>> {
  return (_target, _key, descriptor) => Reflect.defineMetadata(MESSAGES, { definition, options }, descriptor.value!);
}

/** Serves a request with a controller's method; what it returns is the reply, an AppError is thrown at the asking side. */
export function OnRequest<D extends RequestDefinition>(
  definition: D,
): Decorated<(input: InputOf<D>) => Promise<OutputOf<D>>> {
  return (_target, _key, descriptor) => Reflect.defineMetadata(REQUEST, { definition }, descriptor.value!);
}

export function messagesMarkOf(method: object): MessagesMark | undefined {
  return Reflect.getMetadata(MESSAGES, method) as MessagesMark | undefined;
}

export function requestMarkOf(method: object): RequestMark | undefined {
  return Reflect.getMetadata(REQUEST, method) as RequestMark | undefined;
}
