/** Reads the curl commands of our documents, so that tests can carry them out as they are printed. */

export interface CurlRequest {
  readonly method: string;
  /** Path and query behind the server's address: `/fhir/Patient/1`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The words of a shell command: quotes, and a backslash at the end of a line. */
function words(command: string): readonly string[] {
  const found = command.replaceAll(/\\\n/g, ' ').matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+)/g);
  return [...found].map(([, single, double, bare]) => single ?? double?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
}

/** The request that a curl command sends. Known options: -s -i -g -X -H -d --data-binary. */
export function curlRequest(command: string): CurlRequest {
  const [program, ...rest] = words(command.trim());
  if (program !== 'curl') throw new Error(`not a curl command: ${command}`);
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let url: string | undefined;
  let body: string | undefined;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const argument = () => {
      index += 1;
      return rest[index] ?? '';
    };
    if (word === '-X') method = argument();
    else if (word === '-H') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(argument()) ?? [];
      headers[name] = value;
    } else if (word === '-d' || word === '--data-binary') body = argument();
    else if (word.startsWith('-')) {
      if (!/^-[sig]+$/.test(word)) throw new Error(`the tests do not know curl's option ${word}`);
    } else url = word;
  }
  if (!url) throw new Error(`no address in: ${command}`);
  const path = url.replace(/^https?:\/\/[^/]+/, '').replace(/^(?!\/)/, '/');
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    path,
    headers,
    ...(body === undefined ? {} : { body }),
  };
}
