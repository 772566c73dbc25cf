/** Options that several commands share. */
import { InvalidArgumentError, Option } from 'commander';
import { serveOptions } from '../config.ts';

export function wholeNumber(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    return value;
  };
}

export function calendarDate(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('It must be a calendar date such as 2026-11-01.');
  return text;
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username)
    throw new InvalidArgumentError('It must be an http or https address such as http://127.0.0.1:8080/fhir.');
  return text.replace(/\/+$/, '');
}

/** A running server in place of the database. */
export const toOption = (): Option =>
  new Option('--to <url>', 'a running FHIR server to write to over HTTP, in place of the database').argParser(
    serverUrl,
  );

export const concurrencyOption = (): Option =>
  new Option('--concurrency <number>', 'transactions under way at once').default(4).argParser(wholeNumber(1, 64));

/** Settings of the server that decide how a resource is checked and indexed when the command line writes it. */
export function writeOptions(): readonly Option[] {
  return serveOptions.filter((option) =>
    ['baseUrl', 'validation', 'validationRules', 'requiredProfiles', 'rules'].includes(option.attributeName()),
  );
}
