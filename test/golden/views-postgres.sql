CREATE FUNCTION care_json(content text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF strpos(content, '\u') > 0 THEN
    RETURN regexp_replace(content, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\\ufffd', 'g')::jsonb;
  END IF;
  RETURN content::jsonb;
END $$;

CREATE FUNCTION care_day(said text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  month text := coalesce(nullif(substr(said, 6, 2), ''), '01');
  found date;
BEGIN
  IF said !~ '^(?!0000)\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T.*)?)?)?$' THEN
    RETURN NULL;
  END IF;
  found := make_date(substr(said, 1, 4)::integer, month::integer, 1) + (coalesce(nullif(substr(said, 9, 2), ''), '01')::integer - 1);
  RETURN CASE WHEN to_char(found, 'MM') = month THEN found END;
END $$;

CREATE FUNCTION care_instant(said text, day date) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(said) <= 10 THEN
    RETURN day::timestamp AT TIME ZONE 'UTC';
  END IF;
  IF said !~ '^.{10}T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$' THEN
    RETURN NULL;
  END IF;
  RETURN said::timestamptz;
END $$;

CREATE VIEW care_goals AS SELECT item.id AS id,
  r2 AS version,
  care_instant(r3, care_day(r3)) AS updated_at,
  care_day(r3) AS updated_day,
  CASE WHEN split_part(r4, '/', 1) = 'Patient' AND r4 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN split_part(r4, '/', 2) ELSE r4 END AS client_id,
  r5 AS statement,
  CASE r6 WHEN 'proposed' THEN 'proposed' WHEN 'planned' THEN 'planned' WHEN 'accepted' THEN 'accepted' WHEN 'active' THEN 'active' WHEN 'on-hold' THEN 'paused' WHEN 'completed' THEN 'completed' WHEN 'cancelled' THEN 'cancelled' WHEN 'entered-in-error' THEN 'entered-in-error' WHEN 'rejected' THEN 'rejected' END AS status,
  care_day(r7) AS status_on,
  CASE WHEN length(r7) > 10 THEN 'moment' ELSE CASE length(r7) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END END AS status_on_precision,
  r8 AS status_reason,
  CASE r9 WHEN 'in-progress' THEN 'in-progress' WHEN 'improving' THEN 'improving' WHEN 'worsening' THEN 'worsening' WHEN 'no-change' THEN 'no-change' WHEN 'achieved' THEN 'achieved' WHEN 'sustaining' THEN 'sustaining' WHEN 'not-achieved' THEN 'not-achieved' WHEN 'no-progress' THEN 'no-progress' WHEN 'not-attainable' THEN 'not-attainable' END AS achievement,
  CASE r10 WHEN 'high-priority' THEN 'high' WHEN 'medium-priority' THEN 'medium' WHEN 'low-priority' THEN 'low' END AS priority,
  CASE WHEN r11 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN CASE split_part(r11, '/', 1) WHEN 'Patient' THEN 'client' WHEN 'RelatedPerson' THEN 'family' WHEN 'Practitioner' THEN 'practitioner' WHEN 'PractitionerRole' THEN 'role' END END AS set_by_kind,
  CASE WHEN split_part(r11, '/', 1) IN ('Patient', 'RelatedPerson', 'Practitioner', 'PractitionerRole') AND r11 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN split_part(r11, '/', 2) END AS set_by_id,
  CASE WHEN split_part(r11, '/', 1) IN ('Patient', 'RelatedPerson', 'Practitioner', 'PractitionerRole') AND r11 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN NULL ELSE r11 END AS set_by_address,
  r12 AS set_by_name,
  care_day(r13) AS start,
  CASE WHEN length(r13) > 10 THEN 'moment' ELSE CASE length(r13) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END END AS start_precision
FROM resource CROSS JOIN LATERAL (SELECT care_json(resource.content) AS json OFFSET 0) AS root
CROSS JOIN LATERAL (SELECT resource.id AS id,
  CASE jsonb_typeof((root.json -> 'id')) WHEN 'string' THEN (root.json -> 'id') #>> '{}' END AS r1,
  CASE jsonb_typeof(((root.json -> 'meta') -> 'versionId')) WHEN 'string' THEN ((root.json -> 'meta') -> 'versionId') #>> '{}' END AS r2,
  CASE jsonb_typeof(((root.json -> 'meta') -> 'lastUpdated')) WHEN 'string' THEN ((root.json -> 'meta') -> 'lastUpdated') #>> '{}' END AS r3,
  CASE jsonb_typeof(((root.json -> 'subject') -> 'reference')) WHEN 'string' THEN ((root.json -> 'subject') -> 'reference') #>> '{}' END AS r4,
  CASE jsonb_typeof(((root.json -> 'description') -> 'text')) WHEN 'string' THEN ((root.json -> 'description') -> 'text') #>> '{}' END AS r5,
  CASE jsonb_typeof((root.json -> 'lifecycleStatus')) WHEN 'string' THEN (root.json -> 'lifecycleStatus') #>> '{}' END AS r6,
  CASE jsonb_typeof((root.json -> 'statusDate')) WHEN 'string' THEN (root.json -> 'statusDate') #>> '{}' END AS r7,
  CASE jsonb_typeof((root.json -> 'statusReason')) WHEN 'string' THEN (root.json -> 'statusReason') #>> '{}' END AS r8,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'achievementStatus') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/goal-achievement" && (@.code == "in-progress" || @.code == "improving" || @.code == "worsening" || @.code == "no-change" || @.code == "achieved" || @.code == "sustaining" || @.code == "not-achieved" || @.code == "no-progress" || @.code == "not-attainable"))') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'achievementStatus') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/goal-achievement" && (@.code == "in-progress" || @.code == "improving" || @.code == "worsening" || @.code == "no-change" || @.code == "achieved" || @.code == "sustaining" || @.code == "not-achieved" || @.code == "no-progress" || @.code == "not-attainable"))') -> 'code') #>> '{}' END AS r9,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'priority') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/goal-priority" && (@.code == "high-priority" || @.code == "medium-priority" || @.code == "low-priority"))') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'priority') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/goal-priority" && (@.code == "high-priority" || @.code == "medium-priority" || @.code == "low-priority"))') -> 'code') #>> '{}' END AS r10,
  CASE jsonb_typeof(((root.json -> 'expressedBy') -> 'reference')) WHEN 'string' THEN ((root.json -> 'expressedBy') -> 'reference') #>> '{}' END AS r11,
  CASE jsonb_typeof(((root.json -> 'expressedBy') -> 'display')) WHEN 'string' THEN ((root.json -> 'expressedBy') -> 'display') #>> '{}' END AS r12,
  CASE jsonb_typeof((root.json -> 'startDate')) WHEN 'string' THEN (root.json -> 'startDate') #>> '{}' END AS r13 OFFSET 0) AS item
WHERE resource.type = 56
  AND resource.content IS NOT NULL;

CREATE VIEW care_goal_targets AS SELECT item.goal_id AS goal_id,
  item.position AS position,
  r1 AS measure_code,
  r2 AS measure_system,
  r3 AS measure_display,
  r4 AS measure_text,
  CASE WHEN r5 IS NOT NULL OR CASE r6 WHEN '<' THEN 'below' WHEN '<=' THEN 'at-most' WHEN '>=' THEN 'at-least' WHEN '>' THEN 'above' END IS NOT NULL OR r7 IS NOT NULL OR r8 IS NOT NULL THEN 'amount' WHEN r9 IS NOT NULL OR r10 IS NOT NULL OR r11 IS NOT NULL OR r12 IS NOT NULL OR r13 IS NOT NULL OR r14 IS NOT NULL THEN 'range' WHEN r15 IS NOT NULL THEN 'text' WHEN r16 IS NOT NULL OR r17 IS NOT NULL OR r18 IS NOT NULL OR r19 IS NOT NULL THEN 'finding' END AS aim_kind,
  r5 AS aim_value,
  CASE r6 WHEN '<' THEN 'below' WHEN '<=' THEN 'at-most' WHEN '>=' THEN 'at-least' WHEN '>' THEN 'above' END AS aim_comparator,
  r7 AS aim_unit,
  r8 AS aim_unit_text,
  r9 AS aim_low_value,
  r10 AS aim_low_unit,
  r11 AS aim_low_unit_text,
  r12 AS aim_high_value,
  r13 AS aim_high_unit,
  r14 AS aim_high_unit_text,
  coalesce(r15, r19) AS aim_text,
  r16 AS aim_code,
  r17 AS aim_system,
  r18 AS aim_display,
  care_day(r20) AS due,
  CASE WHEN length(r20) > 10 THEN 'moment' ELSE CASE length(r20) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END END AS due_precision
FROM resource CROSS JOIN LATERAL (SELECT care_json(resource.content) AS json OFFSET 0) AS root CROSS JOIN jsonb_array_elements(CASE jsonb_typeof((root.json -> 'target')) WHEN 'array' THEN (root.json -> 'target') END) WITH ORDINALITY AS e1 (value, place)
CROSS JOIN LATERAL (SELECT resource.id AS goal_id,
  e1.place AS position,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code') #>> '{}' END AS r1,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system') #>> '{}' END AS r2,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'measure') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display') #>> '{}' END AS r3,
  CASE jsonb_typeof(((e1.value -> 'measure') -> 'text')) WHEN 'string' THEN ((e1.value -> 'measure') -> 'text') #>> '{}' END AS r4,
  CASE jsonb_typeof(((e1.value -> 'detailQuantity') -> 'value')) WHEN 'number' THEN ((e1.value -> 'detailQuantity') -> 'value')::numeric END AS r5,
  CASE jsonb_typeof(((e1.value -> 'detailQuantity') -> 'comparator')) WHEN 'string' THEN ((e1.value -> 'detailQuantity') -> 'comparator') #>> '{}' END AS r6,
  CASE WHEN (e1.value -> 'detailQuantity') @> '{"system":"http://unitsofmeasure.org"}' THEN CASE jsonb_typeof(((e1.value -> 'detailQuantity') -> 'code')) WHEN 'string' THEN ((e1.value -> 'detailQuantity') -> 'code') #>> '{}' END END AS r7,
  CASE jsonb_typeof(((e1.value -> 'detailQuantity') -> 'unit')) WHEN 'string' THEN ((e1.value -> 'detailQuantity') -> 'unit') #>> '{}' END AS r8,
  CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'low') -> 'value')) WHEN 'number' THEN (((e1.value -> 'detailRange') -> 'low') -> 'value')::numeric END AS r9,
  CASE WHEN ((e1.value -> 'detailRange') -> 'low') @> '{"system":"http://unitsofmeasure.org"}' THEN CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'low') -> 'code')) WHEN 'string' THEN (((e1.value -> 'detailRange') -> 'low') -> 'code') #>> '{}' END END AS r10,
  CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'low') -> 'unit')) WHEN 'string' THEN (((e1.value -> 'detailRange') -> 'low') -> 'unit') #>> '{}' END AS r11,
  CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'high') -> 'value')) WHEN 'number' THEN (((e1.value -> 'detailRange') -> 'high') -> 'value')::numeric END AS r12,
  CASE WHEN ((e1.value -> 'detailRange') -> 'high') @> '{"system":"http://unitsofmeasure.org"}' THEN CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'high') -> 'code')) WHEN 'string' THEN (((e1.value -> 'detailRange') -> 'high') -> 'code') #>> '{}' END END AS r13,
  CASE jsonb_typeof((((e1.value -> 'detailRange') -> 'high') -> 'unit')) WHEN 'string' THEN (((e1.value -> 'detailRange') -> 'high') -> 'unit') #>> '{}' END AS r14,
  CASE jsonb_typeof((e1.value -> 'detailString')) WHEN 'string' THEN (e1.value -> 'detailString') #>> '{}' END AS r15,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code') #>> '{}' END AS r16,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system') #>> '{}' END AS r17,
  CASE jsonb_typeof((jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display')) WHEN 'string' THEN (jsonb_path_query_first(((e1.value -> 'detailCodeableConcept') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display') #>> '{}' END AS r18,
  CASE jsonb_typeof(((e1.value -> 'detailCodeableConcept') -> 'text')) WHEN 'string' THEN ((e1.value -> 'detailCodeableConcept') -> 'text') #>> '{}' END AS r19,
  CASE jsonb_typeof((e1.value -> 'dueDate')) WHEN 'string' THEN (e1.value -> 'dueDate') #>> '{}' END AS r20 OFFSET 0) AS item
WHERE resource.type = 56
  AND resource.content IS NOT NULL
  AND true
  AND e1.value @> '{}'
  AND (r1 IS NOT NULL OR r2 IS NOT NULL OR r3 IS NOT NULL OR r4 IS NOT NULL OR CASE WHEN r5 IS NOT NULL OR CASE r6 WHEN '<' THEN 'below' WHEN '<=' THEN 'at-most' WHEN '>=' THEN 'at-least' WHEN '>' THEN 'above' END IS NOT NULL OR r7 IS NOT NULL OR r8 IS NOT NULL THEN 'amount' WHEN r9 IS NOT NULL OR r10 IS NOT NULL OR r11 IS NOT NULL OR r12 IS NOT NULL OR r13 IS NOT NULL OR r14 IS NOT NULL THEN 'range' WHEN r15 IS NOT NULL THEN 'text' WHEN r16 IS NOT NULL OR r17 IS NOT NULL OR r18 IS NOT NULL OR r19 IS NOT NULL THEN 'finding' END IS NOT NULL OR r5 IS NOT NULL OR CASE r6 WHEN '<' THEN 'below' WHEN '<=' THEN 'at-most' WHEN '>=' THEN 'at-least' WHEN '>' THEN 'above' END IS NOT NULL OR r7 IS NOT NULL OR r8 IS NOT NULL OR r9 IS NOT NULL OR r10 IS NOT NULL OR r11 IS NOT NULL OR r12 IS NOT NULL OR r13 IS NOT NULL OR r14 IS NOT NULL OR coalesce(r15, r19) IS NOT NULL OR r16 IS NOT NULL OR r17 IS NOT NULL OR r18 IS NOT NULL OR r20 IS NOT NULL);

CREATE VIEW care_appointments AS SELECT item.id AS id,
  r2 AS version,
  care_instant(r3, care_day(r3)) AS updated_at,
  care_day(r3) AS updated_day,
  CASE WHEN split_part(r4, '/', 1) = 'Patient' AND r4 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN split_part(r4, '/', 2) ELSE r4 END AS client_id,
  CASE r5 WHEN 'accepted' THEN 'accepted' WHEN 'declined' THEN 'declined' WHEN 'tentative' THEN 'tentative' WHEN 'needs-action' THEN 'waiting' END AS client_response,
  CASE r6 WHEN 'proposed' THEN 'proposed' WHEN 'pending' THEN 'requested' WHEN 'booked' THEN 'booked' WHEN 'arrived' THEN 'arrived' WHEN 'checked-in' THEN 'checked-in' WHEN 'fulfilled' THEN 'done' WHEN 'cancelled' THEN 'cancelled' WHEN 'noshow' THEN 'no-show' WHEN 'waitlist' THEN 'waitlist' WHEN 'entered-in-error' THEN 'entered-in-error' END AS status,
  CASE r7 WHEN 'CHECKUP' THEN 'first' WHEN 'FOLLOWUP' THEN 'follow-up' WHEN 'ROUTINE' THEN 'routine' WHEN 'WALKIN' THEN 'walk-in' WHEN 'EMERGENCY' THEN 'emergency' END AS kind,
  CASE r8 WHEN 'AMB' THEN 'in-person' WHEN 'VR' THEN 'video' WHEN 'HH' THEN 'home-visit' WHEN 'FLD' THEN 'field' END AS modality,
  r9 AS title,
  r10 AS reason,
  care_instant(r11, care_day(r11)) AS start_at,
  care_day(r11) AS start_day,
  care_instant(r12, care_day(r12)) AS end_at,
  care_day(r12) AS end_day,
  r13 AS minutes,
  care_instant(r14, care_day(r14)) AS created_at,
  care_day(r14) AS created_day,
  CASE WHEN length(r14) > 10 THEN 'moment' ELSE CASE length(r14) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' END END AS created_precision,
  r15 AS cancellation_code,
  r16 AS cancellation_system,
  r17 AS cancellation_display,
  r18 AS cancellation_text,
  CASE WHEN split_part(r19, '/', 1) = 'Appointment' AND r19 ~ '^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$' THEN split_part(r19, '/', 2) ELSE r19 END AS rescheduled_from_id,
  r20 AS comment,
  r21 AS instructions
FROM resource CROSS JOIN LATERAL (SELECT care_json(resource.content) AS json OFFSET 0) AS root
CROSS JOIN LATERAL (SELECT resource.id AS id,
  CASE jsonb_typeof((root.json -> 'id')) WHEN 'string' THEN (root.json -> 'id') #>> '{}' END AS r1,
  CASE jsonb_typeof(((root.json -> 'meta') -> 'versionId')) WHEN 'string' THEN ((root.json -> 'meta') -> 'versionId') #>> '{}' END AS r2,
  CASE jsonb_typeof(((root.json -> 'meta') -> 'lastUpdated')) WHEN 'string' THEN ((root.json -> 'meta') -> 'lastUpdated') #>> '{}' END AS r3,
  CASE jsonb_typeof(((jsonb_path_query_first((root.json -> 'participant'), '$[*] ? (@.type() == "object" && @.actor.reference like_regex "(^|/)Patient/")') -> 'actor') -> 'reference')) WHEN 'string' THEN ((jsonb_path_query_first((root.json -> 'participant'), '$[*] ? (@.type() == "object" && @.actor.reference like_regex "(^|/)Patient/")') -> 'actor') -> 'reference') #>> '{}' END AS r4,
  CASE jsonb_typeof((jsonb_path_query_first((root.json -> 'participant'), '$[*] ? (@.type() == "object" && @.actor.reference like_regex "(^|/)Patient/")') -> 'status')) WHEN 'string' THEN (jsonb_path_query_first((root.json -> 'participant'), '$[*] ? (@.type() == "object" && @.actor.reference like_regex "(^|/)Patient/")') -> 'status') #>> '{}' END AS r5,
  CASE jsonb_typeof((root.json -> 'status')) WHEN 'string' THEN (root.json -> 'status') #>> '{}' END AS r6,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'appointmentType') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/v2-0276" && (@.code == "CHECKUP" || @.code == "FOLLOWUP" || @.code == "ROUTINE" || @.code == "WALKIN" || @.code == "EMERGENCY"))') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'appointmentType') -> 'coding'), '$[*] ? (@.system == "http://terminology.hl7.org/CodeSystem/v2-0276" && (@.code == "CHECKUP" || @.code == "FOLLOWUP" || @.code == "ROUTINE" || @.code == "WALKIN" || @.code == "EMERGENCY"))') -> 'code') #>> '{}' END AS r7,
  CASE jsonb_typeof((jsonb_path_query_first((root.json -> 'extension'), '$[*] ? (@.url == "https://throughline.dev/fhir/StructureDefinition/appointment-modality")') -> 'valueCode')) WHEN 'string' THEN (jsonb_path_query_first((root.json -> 'extension'), '$[*] ? (@.url == "https://throughline.dev/fhir/StructureDefinition/appointment-modality")') -> 'valueCode') #>> '{}' END AS r8,
  CASE jsonb_typeof((root.json -> 'description')) WHEN 'string' THEN (root.json -> 'description') #>> '{}' END AS r9,
  CASE jsonb_typeof((jsonb_path_query_first((root.json -> 'reasonCode'), '$[*] ? (@.type() == "object")') -> 'text')) WHEN 'string' THEN (jsonb_path_query_first((root.json -> 'reasonCode'), '$[*] ? (@.type() == "object")') -> 'text') #>> '{}' END AS r10,
  CASE jsonb_typeof((root.json -> 'start')) WHEN 'string' THEN (root.json -> 'start') #>> '{}' END AS r11,
  CASE jsonb_typeof((root.json -> 'end')) WHEN 'string' THEN (root.json -> 'end') #>> '{}' END AS r12,
  CASE WHEN CASE jsonb_typeof((root.json -> 'minutesDuration')) WHEN 'number' THEN (root.json -> 'minutesDuration')::numeric END % 1 = 0 AND abs(CASE jsonb_typeof((root.json -> 'minutesDuration')) WHEN 'number' THEN (root.json -> 'minutesDuration')::numeric END) <= 2147483647 THEN CASE jsonb_typeof((root.json -> 'minutesDuration')) WHEN 'number' THEN (root.json -> 'minutesDuration')::numeric END::integer END AS r13,
  CASE jsonb_typeof((root.json -> 'created')) WHEN 'string' THEN (root.json -> 'created') #>> '{}' END AS r14,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'code') #>> '{}' END AS r15,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'system') #>> '{}' END AS r16,
  CASE jsonb_typeof((jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display')) WHEN 'string' THEN (jsonb_path_query_first(((root.json -> 'cancelationReason') -> 'coding'), '$[*] ? (@.type() == "object")') -> 'display') #>> '{}' END AS r17,
  CASE jsonb_typeof(((root.json -> 'cancelationReason') -> 'text')) WHEN 'string' THEN ((root.json -> 'cancelationReason') -> 'text') #>> '{}' END AS r18,
  CASE jsonb_typeof(((jsonb_path_query_first((root.json -> 'extension'), '$[*] ? (@.url == "https://throughline.dev/fhir/StructureDefinition/appointment-rescheduled-from")') -> 'valueReference') -> 'reference')) WHEN 'string' THEN ((jsonb_path_query_first((root.json -> 'extension'), '$[*] ? (@.url == "https://throughline.dev/fhir/StructureDefinition/appointment-rescheduled-from")') -> 'valueReference') -> 'reference') #>> '{}' END AS r19,
  CASE jsonb_typeof((root.json -> 'comment')) WHEN 'string' THEN (root.json -> 'comment') #>> '{}' END AS r20,
  CASE jsonb_typeof((root.json -> 'patientInstruction')) WHEN 'string' THEN (root.json -> 'patientInstruction') #>> '{}' END AS r21 OFFSET 0) AS item
WHERE resource.type = 5
  AND resource.content IS NOT NULL;
