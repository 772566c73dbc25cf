/** How often the active plans of a client ask for a PHQ-9: an activity that names the questionnaire, with a timing. https://hl7.org/fhir/R4/careplan.html */
import { searchValue } from '../patient-reference.ts';
import { LOINC } from '../questionnaire-response/instrument.ts';
import { phq9 } from '../questionnaire-response/phq9.ts';
import type { Facts } from '../reaction.ts';
import { parseCanonical } from '../reference.ts';
import { careTasks, SYSTEM } from '../task/care-task.ts';
import type { CarePlan, CarePlanActivityDetail, Timing } from '../types.ts';

export interface Schedule {
  /** `CarePlan/1` */
  readonly plan: string;
  readonly everyDays: number;
  /** As the plan says it: every 2 weeks. */
  readonly words: string;
  /** The day on which the plan begins; undefined when it does not say. */
  readonly start?: string;
}

const OVER: readonly string[] = ['completed', 'stopped', 'cancelled', 'entered-in-error', 'on-hold'];
const DAYS: Readonly<Record<string, number>> = { d: 1, wk: 7, mo: 30, a: 365 };
const WORDS: Readonly<Record<string, string>> = { d: 'day', wk: 'week', mo: 'month', a: 'year' };

/** The shortest of all; undefined when no active plan asks for one on `day`. */
export async function phq9Schedule(patient: string, day: string, facts: Facts): Promise<Schedule | undefined> {
  const plans = (await facts.find(
    `CarePlan?subject=${searchValue(patient)}&status=active`,
  )) as unknown as readonly CarePlan[];
  const schedules = plans.flatMap((plan) => schedulesIn(plan, day));
  return schedules.toSorted((a, b) => a.everyDays - b.everyDays || a.plan.localeCompare(b.plan))[0];
}

function schedulesIn({ id, period, activity = [] }: CarePlan, day: string): readonly Schedule[] {
  return activity.flatMap(({ detail }) => {
    const interval = detail && asksForPhq9(detail) ? intervalOf(detail.scheduledTiming, day) : undefined;
    if (!interval) return [];
    const start = detail?.scheduledTiming?.repeat?.boundsPeriod?.start ?? period?.start;
    return [{ plan: `CarePlan/${id}`, ...interval, ...(start ? { start: start.slice(0, 10) } : {}) }];
  });
}

function asksForPhq9({ status, doNotPerform, instantiatesCanonical = [], code }: CarePlanActivityDetail): boolean {
  if (doNotPerform || OVER.includes(status)) return false;
  return (
    instantiatesCanonical.some((each) => phq9.canonicals.includes(parseCanonical(each).url)) ||
    (code?.coding ?? []).some(
      (coding) =>
        (coding.system === SYSTEM && coding.code === careTasks.phq9Due.code) ||
        (coding.system === LOINC && coding.code === phq9.panel.code),
    )
  );
}

/** Undefined for a timing that is over, or says no interval of days. */
function intervalOf(timing: Timing | undefined, day: string): Pick<Schedule, 'everyDays' | 'words'> | undefined {
  const { period, periodUnit = '', frequency = 1, boundsPeriod } = timing?.repeat ?? {};
  const days = Object.hasOwn(DAYS, periodUnit) ? DAYS[periodUnit] : undefined;
  if (!period || days === undefined || frequency < 1) return undefined;
  if (boundsPeriod?.end && boundsPeriod.end.slice(0, 10) < day) return undefined;
  const unit = WORDS[periodUnit];
  const words = `${frequency === 1 ? '' : `${frequency} times `}every ${period === 1 ? unit : `${period} ${unit}s`}`;
  return { everyDays: Math.max(1, Math.round((period * days) / frequency)), words };
}
