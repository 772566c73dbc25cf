/** The FHIR packages in the database. */
import { packagesIn } from '../../definition/package-store.ts';
import type { Reader } from '../../store/store.ts';
import { numberText } from '../progress.ts';
import { type Finding, ok } from './finding.ts';

export async function packagesFinding(reader: Pick<Reader, 'query'>): Promise<Finding> {
  const installed = await packagesIn(reader);
  const names = installed.map(({ name, version }) => `${name}#${version}`);
  const resources = installed.reduce((sum, each) => sum + each.resources, 0);
  const what = names.length === 0 ? 'none installed' : `${names.join(', ')}: ${numberText(resources)} resources`;
  return ok('packages', what, { packages: names, resources });
}
