/** A Patient as a hospital keeps one: five identifiers, extensions with digits that count, contained resources, photos. Its JSON text. */
import { parseJson, stringifyJson } from '../../resources/json.ts';

export const hospitalPatient = stringifyJson(
  parseJson(`{
  "resourceType": "Patient", "id": "maria",
  "text": { "status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">María <b>García</b> &amp; family</div>" },
  "contained": [
    { "resourceType": "Organization", "id": "plan", "name": "Valle Health Plan",
      "extension": [{ "url": "https://hospital.example/ext/weight", "valueDecimal": 0.10 }] },
    { "resourceType": "Practitioner", "id": "surgeon", "name": [{ "family": "Okafor" }] }],
  "extension": [
    { "url": "https://hospital.example/ext/score", "valueDecimal": 1.0 },
    { "url": "https://hospital.example/ext/place", "extension": [
      { "url": "latitude", "valueDecimal": 33.4500 }, { "url": "longitude", "valueDecimal": -112.0700 }] }],
  "identifier": [
    { "use": "usual", "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR" }] },
      "system": "https://hospital.example/mrn", "value": "004711", "period": { "start": "2001-02-03" } },
    { "system": "https://throughline.dev/fhir/id/mrn", "value": "PV-000017", "assigner": { "display": "Palo Verde Care" } },
    { "system": "https://insurer.example/member", "value": "X1", "assigner": { "reference": "#plan" } },
    { "system": "https://state.example/id", "value": "S-1", "_value": { "extension": [{ "url": "https://hospital.example/ext/seen", "valueBoolean": true }] } },
    { "use": "old", "system": "https://hospital.example/mrn", "value": "000012" }],
  "active": true,
  "name": [
    { "use": "official", "family": "García", "_family": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/humanname-fathers-family", "valueString": "García" }] },
      "given": ["María", "José"], "_given": [{ "id": "first-name" }, null] },
    { "use": "usual", "text": "Mari", "period": { "start": "1990" } },
    { "use": "maiden", "family": "López" }],
  "telecom": [
    { "system": "fax", "value": "+1 602-555-0109", "rank": 3 },
    { "extension": [{ "url": "https://hospital.example/ext/verified", "valueDate": "2026-01-05" }],
      "system": "phone", "value": "+1 602-555-0100", "use": "mobile", "rank": 1, "period": { "start": "2020-05" } },
    { "system": "email", "value": "maria@example.org" },
    { "system": "phone", "value": "+1 602-555-0101", "use": "work" }],
  "gender": "female",
  "birthDate": "1979-03",
  "_birthDate": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1979-03-14T04:30:00-07:00" }] },
  "multipleBirthInteger": 2,
  "photo": [
    { "contentType": "image/png", "data": "iVBORw0KGgo=", "title": "2024" },
    { "contentType": "image/jpeg", "url": "https://hospital.example/photo/maria.jpg", "size": 81234 }],
  "generalPractitioner": [{ "reference": "#surgeon" }],
  "link": [{ "other": { "display": "Former record" }, "type": "replaces" }]
}`),
);
