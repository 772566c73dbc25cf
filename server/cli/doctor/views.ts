/** The views for reports: are they there, and those of this version. */
import type { DialectName } from '../../store/dialect.ts';
import type { Reader } from '../../store/store.ts';
import { viewsThere } from '../../store/view-set.ts';
import { viewSet } from '../../view/set.ts';
import { type Finding, ok, warn } from './finding.ts';

export async function viewsFinding(reader: Pick<Reader, 'query'>, dialect: DialectName): Promise<Finding> {
  const there = await viewsThere(reader);
  if (!there) return ok('report views', 'none; throughline views makes them', { views: 0 });
  const details = { views: there.views.length };
  if (there.hash === viewSet(dialect).hash)
    return ok('report views', `${there.views.length}, of this version`, details);
  const what = `${there.views.length}, of another version`;
  return warn('report views', what, 'start this version, or run: throughline views', details);
}
