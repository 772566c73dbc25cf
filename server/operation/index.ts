/** The operations of this server. */
import { activityApply, planApply } from './apply.ts';
import { careContext } from './care-context.ts';
import { carePlanEnact, planEnact } from './enact.ts';
import { encounterEverything, patientEverything } from './everything.ts';
import { fhirpath } from './fhirpath.ts';
import { graphql } from './graphql.ts';
import { lastn } from './lastn.ts';
import { meta, metaAdd, metaDelete } from './meta.ts';
import { fromModel, toModel } from './model.ts';
import type { Operation } from './operation.ts';
import { planAsOf, planDiff } from './plan-diff.ts';
import { reindex } from './reindex.ts';
import { signOff } from './sign-off.ts';
import { instrumentTrend, phq9Trend } from './trend.ts';

export const operations: readonly Operation[] = [
  meta,
  metaAdd,
  metaDelete,
  patientEverything,
  encounterEverything,
  reindex,
  lastn,
  graphql,
  fhirpath,
  phq9Trend,
  instrumentTrend,
  careContext,
  planApply,
  activityApply,
  planEnact,
  carePlanEnact,
  planDiff,
  planAsOf,
  signOff,
  toModel,
  fromModel,
];
