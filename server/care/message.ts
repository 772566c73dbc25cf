/** What the model's API takes and gives, with no HTTP library in sight. */
import type { FhirRequest, FhirResponse } from '../interaction/interaction.ts';

export interface CareRequest {
  readonly method: string;
  /** Below `/care`, with its slash: `/goals/7`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly contentType?: string | undefined;
  /** Reads the body; asked for only where one is due. */
  readonly body: () => Promise<Uint8Array>;
}

export interface CareResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

export type Dispatch = (request: FhirRequest) => Promise<FhirResponse>;
