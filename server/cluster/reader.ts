/** A process that serves reads: whatever writes is passed on to the process that writes. */
import { unavailable } from '../../resources/outcome.ts';
import type { FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { failureFrom, type Message, type ResponseMessage, responseFrom, wireRequest } from './wire.ts';

interface Waiting {
  resolve(response: FhirResponse): void;
  reject(error: unknown): void;
}

const lost = () =>
  unavailable('The process that writes has ended; it is not known whether this request was carried out');

/** The function that has a request carried out by the first process of the cluster. */
export function forwarder(): (request: FhirRequest) => Promise<FhirResponse> {
  const waiting = new Map<number, Waiting>();
  let last = 0;

  function settle({ number, response, failure }: ResponseMessage): void {
    const request = waiting.get(number);
    waiting.delete(number);
    if (response) request?.resolve(responseFrom(response));
    else request?.reject(failure ? failureFrom(failure) : new Error('the writing process failed; its log says why'));
  }

  process.on('message', (message: Message) => {
    if (message.kind === 'response') settle(message);
  });
  process.on('disconnect', () => {
    for (const request of waiting.values()) request.reject(lost());
    waiting.clear();
  });

  return (request) =>
    new Promise((resolve, reject) => {
      if (!process.send || !process.connected) {
        reject(lost());
        return;
      }
      last += 1;
      waiting.set(last, { resolve, reject });
      process.send({ kind: 'request', number: last, request: wireRequest(request) } satisfies Message);
    });
}
