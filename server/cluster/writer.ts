/** The process that writes, seen from inside: it answers the requests that the reading processes pass on. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { FhirError } from '../../resources/outcome.ts';
import type { FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import {
  type Message,
  type RequestMessage,
  type ResponseMessage,
  requestFrom,
  wireFailure,
  wireResponse,
} from './wire.ts';

async function answer(
  { number, request }: RequestMessage,
  dispatch: (request: FhirRequest) => Promise<FhirResponse>,
  logger: Logger,
): Promise<ResponseMessage> {
  const reply = { kind: 'response', number } as const;
  try {
    return { ...reply, response: wireResponse(await dispatch(requestFrom(request))) };
  } catch (error) {
    if (error instanceof FhirError) return { ...reply, failure: wireFailure(error) };
    logger.error({ err: error }, 'unforeseen failure in the writing process');
    return reply;
  }
}

/** Carries out what workers pass on, from here on. */
export function answerWorkers(dispatch: (request: FhirRequest) => Promise<FhirResponse>, logger: Logger): void {
  cluster.on('message', (worker: Worker, message: Message) => {
    if (message.kind !== 'request') return;
    answer(message, dispatch, logger).then(
      (reply) => {
        if (worker.isConnected()) worker.send(reply);
      },
      (error: unknown) => logger.error({ err: error }, 'a worker could not be answered'),
    );
  });
}
