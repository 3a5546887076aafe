// What the API says of a chart on the desk, and what the desk sends back.

import type { Detail, Details } from "./line-details";

export type System = "icd10cm" | "icd10pcs" | "cpt" | "hcpcs";
export type Role = "admitting" | "principal" | "secondary" | "procedure";

/** Words of a text; offsets count characters as the server does, not JavaScript's halves. */
export interface WordsPlace {
    document_id: string;
    start: number;
    end: number;
}

/** A box on a page image, in thousandths of the page as it stands upright. */
export interface BoxPlace {
    document_id: string;
    page: number;
    left: number;
    top: number;
    width: number;
    height: number;
}

/** The place in a document that supports a line. */
export type Evidence = WordsPlace | BoxPlace;

export function isBox(place: Evidence): place is BoxPlace {
    return "page" in place;
}

export interface Line {
    role: Role;
    system: System;
    code: string;
    modifiers: string[];
    units: number;
    poa: string | null;
    pointers: number[];
    /** What it says beside its code; nothing where it is absent. */
    details?: Details;
    evidence: Evidence | null;
}

export interface Dismissal {
    rule: string;
    line: number | null;
    reason: string;
}

export interface Draft {
    lines: Line[];
    /** Where the patient went at discharge. */
    disposition?: string | null;
    note: string;
    dismissals: Dismissal[];
}

export interface StoredDraft<D = Draft> {
    revision: number;
    saved_at: string;
    own: boolean;
    draft: D;
}

/** Which columns the kind of work needs. */
export interface Columns {
    principal: string;
    inpatient: boolean;
    procedures: System[];
    services: boolean;
    pointers: boolean;
    diagnosis_details: Detail[];
    procedure_details: Detail[];
    coding_details: string[];
    /** Whether the coder's line stands beside each; the page says so, not the server. */
    coder?: boolean;
}

export interface Lease {
    epoch: number;
    state: "offered" | "active";
    expires_at: string;
    seconds_left: number;
    active_seconds: number;
}

export interface DocumentInfo {
    id: string;
    name: string;
    size_bytes: number;
    received_at: string;
    /** How many, where it is page images; none where it is a text. */
    pages: number | null;
}

export interface Note {
    about: string;
    author: string;
    at: string;
    text: string;
}

/** A chart on anybody's desk. */
export interface OpenChart {
    chart: { id: string; state: string; round: number; due_at: string | null };
    queue: {
        facility_id: string;
        facility: string;
        name: string;
        work_type: string;
        work_type_label: string;
    };
    columns: Columns;
    encounter: {
        identity: {
            patient_name: string;
            birth_date: string;
            sex: string;
            mrn: string;
            account_number: string;
        };
        service_date: string;
        discharge_date: string | null;
    };
    coded_on: string;
    edition: string;
    edition_certain: boolean;
    documents: DocumentInfo[];
    lease: Lease;
    notes: Note[];
}

export interface Desk extends OpenChart {
    draft: StoredDraft | null;
    previous: Line[] | null;
}

export interface Finding {
    rule: string;
    severity: "error" | "warning" | "advice";
    line: number | null;
    field: string;
    message: string;
    source: string;
    /** Reasons that usually hold for setting it aside; absent where there are none. */
    excuses?: string[];
}

/** What a stay groups to. */
export interface Grouping {
    version: string;
    drg: number | null;
    title: string | null;
    category: string | null;
    surgical: boolean;
    reasons: { code: string; text: string }[];
    unclear: string | null;
    candidates: number[];
}

/** A risk-adjustment category of a chart. */
export interface CategoryCounted {
    category: number;
    label: string;
    lines: number[];
    replaced_by: number | null;
    lacking: string[];
}

export interface RiskSummary {
    model: string;
    categories: CategoryCounted[];
}

/** What lines group to, where lists are loaded that tell. */
export interface Meaning {
    drg: Grouping | null;
    risk: RiskSummary[];
    tags: { line: number; text: string; counts: boolean; title: string }[];
}

export interface Checked {
    findings: Finding[];
    descriptions: (string | null)[];
    /** The code to which each line's decision making or time amounts. */
    levels: (string | null)[];
    meaning: Meaning;
}

export interface FoundCode {
    system: System;
    code: string;
    written: string;
    description: string | null;
    term: string | null;
    billable: boolean;
    /** Among the codes that the facility reports often. */
    usual: boolean;
}

export interface Found {
    edition: string | null;
    certain: boolean;
    items: FoundCode[];
    remark: string | null;
    /** The words that the text was read as. */
    words: string[];
}

/** What a reviewer found in the coding that was handed in before. */
export interface ReviewFinding {
    category: string;
    severity: string;
    system: System | null;
    coder_code: string | null;
    reviewer_code: string | null;
    rationale: string | null;
}

const SYSTEM_NAMES: Record<System, string> = {
    icd10cm: "ICD-10-CM",
    icd10pcs: "ICD-10-PCS",
    cpt: "CPT",
    hcpcs: "HCPCS",
};

export function systemName(system: System): string {
    return SYSTEM_NAMES[system];
}

/** A code as people write it: diagnoses have a point after the third character. */
export function written(system: System, code: string): string {
    const bare = code.replace(/[.\s]/g, "").toUpperCase();
    return system === "icd10cm" && bare.length > 3 ? `${bare.slice(0, 3)}.${bare.slice(3)}` : bare;
}

/** The codes that a finding is about, the coder's first. */
export function foundCodes(finding: Pick<ReviewFinding, "system" | "coder_code" | "reviewer_code">): string {
    const codes = [finding.coder_code, finding.reviewer_code].filter((code) => code !== null);
    return codes.map((code) => (finding.system ? written(finding.system, code) : code)).join(" → ");
}
