/**
 * The model: how a practice speaks of its work, flat and without FHIR. Every field has its sentence in the mapping of its type, from which the pages,
 * the schemas and the API follow; here are the shapes. Days are `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` where no more is known; moments have a zone.
 */
import type { Party } from './codec.ts';
import type { Concept, Table } from './table.ts';
import type * as words from './words.ts';

/** The words of a table. */
type Word<T> = T extends Table<infer W> ? W : never;

/** What every record has. A record that is not stored yet has no version. */
export interface Base {
  readonly id?: string;
  readonly version?: string;
  readonly updated?: string;
}

export type Person = Party<'client' | 'family' | 'practitioner' | 'role'>;
export type Member = Party<'client' | 'family' | 'practitioner' | 'role' | 'organization' | 'team'>;
export type Answerer = Party<'client' | 'family' | 'practitioner'>;
export type Writer = Party<'client' | 'family' | 'practitioner' | 'organization'>;
export type Asker = Party<'client' | 'family' | 'practitioner' | 'role' | 'organization'>;
export type Attendee = Party<'family' | 'practitioner' | 'role' | 'location' | 'service' | 'device'>;

export interface Name {
  readonly given?: readonly string[];
  readonly family?: string;
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
  readonly text?: string;
}

export interface Phone {
  readonly number: string;
  readonly use?: Word<typeof words.contactUse>;
}

export interface Email {
  readonly address: string;
  readonly use?: Word<typeof words.contactUse>;
}

export interface Address {
  readonly use?: Word<typeof words.addressUse>;
  readonly lines?: readonly string[];
  readonly city?: string;
  readonly district?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly text?: string;
}

export interface Identifier {
  readonly system?: string;
  readonly value: string;
}

export interface Note {
  readonly text: string;
  readonly at?: string;
  readonly by?: Writer;
}

export interface EmergencyContact {
  readonly name?: Name;
  readonly relation?: Word<typeof words.relation>;
  readonly phone?: string;
  readonly email?: string;
}

/** A person whom the practice coordinates care for. */
export interface Client extends Base {
  readonly recordNumber?: string;
  readonly identifiers?: readonly Identifier[];
  readonly active?: boolean;
  readonly name?: string;
  readonly legalName?: Name;
  readonly preferredName?: Name;
  readonly pronouns?: string;
  readonly bornOn?: string;
  readonly deceased?:
    | { readonly kind: 'on'; readonly date: string }
    | { readonly kind: 'known'; readonly value: boolean };
  readonly sex?: Word<typeof words.sex>;
  readonly birthSex?: Word<typeof words.birthSex>;
  readonly genderIdentity?: string;
  readonly phones?: readonly Phone[];
  readonly emails?: readonly Email[];
  readonly addresses?: readonly Address[];
  readonly languages?: readonly { readonly language: string; readonly preferred?: boolean }[];
  readonly interpreterNeeded?: boolean;
  readonly culturalContext?: string;
  readonly communicationPreferences?: string;
  readonly carePreferences?: string;
  readonly lifeCircumstances?: string;
  readonly emergencyContacts?: readonly EmergencyContact[];
  readonly consentToShare?: {
    readonly decision: Word<typeof words.sharing>;
    readonly date?: string;
    readonly limits?: string;
  };
  readonly primaryCareProvider?: Party<'practitioner' | 'role' | 'organization'>;
  readonly coordinator?: Party<'practitioner' | 'role'>;
  readonly enrolment?: {
    readonly status: Word<typeof words.enrolment>;
    readonly start?: string;
    readonly end?: string;
    readonly reason?: string;
  };
  readonly riskTier?: Word<typeof words.riskTier>;
}

export type Schedule =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'between'; readonly start?: string; readonly end?: string }
  | {
      readonly kind: 'repeat';
      readonly times: number;
      readonly every: number;
      readonly unit: Word<typeof words.periodUnit>;
    };

export interface Activity {
  readonly title?: Concept;
  readonly description?: string;
  readonly status?: Word<typeof words.activityStatus>;
  readonly reason?: string;
  readonly schedule?: Schedule;
  readonly performers?: readonly Member[];
  readonly order?: string;
}

/** The shared plan of a client: why, towards which goals, by whom, until when. */
export interface CarePlan extends Base {
  readonly clientId?: string;
  readonly title?: string;
  readonly description?: string;
  readonly status: Word<typeof words.planStatus>;
  readonly start?: string;
  readonly end?: string;
  readonly created?: string;
  readonly reviewOn?: string;
  readonly problemIds?: readonly string[];
  readonly goalIds?: readonly string[];
  readonly teamIds?: readonly string[];
  readonly activities?: readonly Activity[];
  readonly author?: Member;
  readonly contributors?: readonly Member[];
  readonly notes?: readonly Note[];
}

export interface Amount {
  readonly value: number;
  readonly comparator?: Word<typeof words.comparator>;
  readonly unit?: string;
  readonly unitText?: string;
}

type End = Omit<Amount, 'comparator'>;

export type Aim =
  | ({ readonly kind: 'amount' } & Amount)
  | { readonly kind: 'range'; readonly low?: End; readonly high?: End }
  | { readonly kind: 'text'; readonly text: string }
  | ({ readonly kind: 'finding' } & Concept);

export interface Target {
  readonly measure?: Concept;
  readonly aim?: Aim;
  readonly due?: string;
}

/** What a client wants to reach, in the client's own words, and how far along it is. */
export interface Goal extends Base {
  readonly clientId?: string;
  readonly statement?: string;
  readonly status: Word<typeof words.goalStatus>;
  readonly statusOn?: string;
  readonly statusReason?: string;
  readonly achievement?: Word<typeof words.achievement>;
  readonly priority?: Word<typeof words.goalPriority>;
  readonly setBy?: Person;
  readonly acceptance?: readonly { readonly by: Answerer; readonly answer: Word<typeof words.acceptance> }[];
  readonly start?: string;
  readonly targets?: readonly Target[];
  readonly problemIds?: readonly string[];
  readonly interventions?: readonly string[];
  readonly notes?: readonly Note[];
}

export interface TeamMember {
  readonly who?: Member;
  readonly role?: Word<typeof words.teamRole>;
  readonly organization?: string;
  readonly phone?: string;
  readonly start?: string;
  readonly end?: string;
}

/** Everyone who takes part in the care of a client, the client and the family included. */
export interface CareTeam extends Base {
  readonly clientId?: string;
  readonly name?: string;
  readonly status?: Word<typeof words.teamStatus>;
  readonly start?: string;
  readonly end?: string;
  readonly members?: readonly TeamMember[];
  readonly problemIds?: readonly string[];
  readonly phones?: readonly Phone[];
  readonly notes?: readonly Note[];
}

export interface Attendance {
  readonly who?: Attendee;
  readonly response: Word<typeof words.response>;
  readonly needed?: Word<typeof words.needed>;
}

/** A visit of one client: when, how, with whom, and what became of it. */
export interface Appointment extends Base {
  readonly clientId?: string;
  readonly clientResponse?: Word<typeof words.response>;
  readonly status: Word<typeof words.appointmentStatus>;
  readonly kind?: Word<typeof words.appointmentKind>;
  readonly modality?: Word<typeof words.modality>;
  readonly title?: string;
  readonly reason?: string;
  readonly start?: string;
  readonly end?: string;
  readonly minutes?: number;
  readonly created?: string;
  readonly attendees?: readonly Attendance[];
  readonly requestedTimes?: readonly { readonly start?: string; readonly end?: string }[];
  readonly reminders?: readonly { readonly at: string; readonly by?: Word<typeof words.channel> }[];
  readonly cancellation?: Concept;
  readonly rescheduledFromId?: string;
  readonly comment?: string;
  readonly instructions?: string;
}

/** The answers of one person to the PHQ-9 on one day; 0 "not at all" to 3 "nearly every day". */
export interface Phq9Assessment extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.formStatus>;
  readonly answeredAt?: string;
  readonly administeredBy?: Asker;
  readonly answeredBy?: Person;
  readonly mode?: Word<typeof words.formMode>;
  readonly language?: string;
  readonly encounterId?: string;
  readonly interest?: number;
  readonly mood?: number;
  readonly sleep?: number;
  readonly energy?: number;
  readonly appetite?: number;
  readonly selfWorth?: number;
  readonly concentration?: number;
  readonly movement?: number;
  readonly selfHarm?: number;
  readonly difficulty?: Word<typeof words.difficulty>;
  readonly complete?: boolean;
  readonly total?: number;
  readonly severity?: Word<typeof words.severity>;
  readonly safetyConcern?: boolean;
}

/** The care of a client passed from one team to another, asked for and answered. */
export interface Handoff extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.handoffStatus>;
  readonly reason?: string;
  readonly urgency?: Word<typeof words.urgency>;
  readonly from?: Asker;
  readonly to?: Member;
  readonly askedAt?: string;
  readonly answerBy?: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly about?: string;
  readonly summary?: string;
  readonly notes?: readonly Note[];
}

/** A client sent to somebody for something. */
export interface Referral extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.referralStatus>;
  readonly urgency?: Word<typeof words.urgency>;
  readonly service?: Concept;
  readonly from?: Asker;
  readonly to?: readonly Member[];
  readonly orderedAt?: string;
  readonly reason?: string;
  readonly problemIds?: readonly string[];
  readonly instructions?: string;
  readonly notes?: readonly Note[];
}

/** What a client or the family thinks of the care. */
export interface Feedback extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.contactStatus>;
  readonly from?: Asker;
  readonly givenAt?: string;
  readonly topic?: string;
  readonly text?: string;
  readonly rating?: number;
  readonly about?: string;
}

/** A contact with a client or about one, or the attempt. */
export interface ContactNote extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.contactStatus>;
  readonly reason?: string;
  readonly medium?: Word<typeof words.medium>;
  readonly by?: Asker;
  readonly with?: readonly Member[];
  readonly at?: string;
  readonly topic?: string;
  readonly text?: string;
  readonly about?: string;
}

/** Something that a client lacks to live well: food, a home, a way to get about. */
export interface SocialNeed extends Base {
  readonly clientId?: string;
  readonly need?: Word<typeof words.need>;
  readonly description?: string;
  readonly status?: Word<typeof words.needStatus>;
  readonly certainty?: Word<typeof words.certainty>;
  readonly since?: string;
  readonly metOn?: string;
  readonly recordedAt?: string;
  readonly recordedBy?: Person;
  readonly notes?: readonly Note[];
}

/** How likely something is to happen to a client, by some method. */
export interface RiskScore extends Base {
  readonly clientId?: string;
  readonly status: Word<typeof words.scoreStatus>;
  readonly method?: Concept;
  readonly assessedAt?: string;
  readonly assessedBy?: Party<'practitioner' | 'role'>;
  readonly predictions?: readonly {
    readonly outcome?: Concept;
    readonly probability?: number;
    readonly likelihood?: Word<typeof words.likelihood>;
    readonly rationale?: string;
  }[];
  readonly mitigation?: string;
  readonly notes?: readonly Note[];
}
