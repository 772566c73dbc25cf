/** The machine: the version of Node, the definitions that the build makes, memory, the clock. */
import { freemem, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { resourceTypes } from '../../../resources/definition.ts';
import { bytesText } from '../progress.ts';
import { sentenceOf } from '../sentence.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** package.json, engines. */
const MINIMUM_NODE = [20, 19] as const;

/** The server takes some 200 MB after its start. */
const LITTLE_MEMORY = 300_000_000;

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  const details = { version };
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor))
    return fail('node', `Node.js ${version}`, `install Node.js ${wantedMajor}.${wantedMinor} or later`, details);
  return ok('node', `Node.js ${version}`, details);
}

export function definitionsFinding(): Finding {
  try {
    const { length } = resourceTypes();
    return ok('definitions', `FHIR R4, ${length} resource types`, { resourceTypes: length });
  } catch (error) {
    return fail('definitions', `they cannot be read: ${sentenceOf(error)}`, 'run npm run build');
  }
}

export function memoryFinding(): Finding {
  const heap = getHeapStatistics().heap_size_limit;
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = Math.min(freemem(), total);
  const what = `${bytesText(free)} of ${bytesText(total)} free, the heap may grow to ${bytesText(heap)}`;
  const details = { total, free, heapLimit: heap };
  if (free < LITTLE_MEMORY) return warn('memory', what, 'give the machine or the container more memory', details);
  if (heap > total)
    return warn('memory', what, 'start Node.js with --max-old-space-size below the memory there is', details);
  return ok('memory', what, details);
}

/** Before this program was written. */
const EARLIEST = Date.parse('2026-01-01T00:00:00Z');

export function clockFinding(now: number): Finding {
  const instant = new Date(now).toISOString();
  if (now < EARLIEST)
    return fail('clock', instant, 'set the clock: meta.lastUpdated and the order of history follow it', {
      now: instant,
    });
  return ok('clock', instant, { now: instant });
}
