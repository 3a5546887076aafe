// What the API says of a chart on a reviewer's desk, and what the desk sends back.
import type { Dismissal, Finding, Line, Meaning, OpenChart, StoredDraft, System } from "./desk";

export type Severity = "critical" | "major" | "minor";
export type Outcome = "accepted" | "fixed_and_accepted" | "sent_back";

/** A finding as it is entered; lines are counted from 0 on either side. */
export interface FindingEntry {
    category: string;
    severity: Severity;
    coder_line: number | null;
    reviewer_line: number | null;
    rationale: string;
    citation: string;
}

export interface ReviewDraft {
    lines: Line[];
    findings: FindingEntry[];
    note: string;
}

export interface Score {
    correct: number;
    total: number;
    errors: number;
    added: number;
    percent: number | null;
    formula: string;
}

/** A finding of a review that was decided. */
export interface FoundBefore {
    category: string;
    severity: Severity;
    detail: string;
    system: System | null;
    coder_code: string | null;
    reviewer_code: string | null;
    rationale: string | null;
    citation: string | null;
}

export interface EarlierReview {
    coding_version: number;
    decided_at: string | null;
    outcome: Outcome | null;
    findings: FoundBefore[];
}

export interface Coding {
    version: number;
    lines: Line[];
    descriptions: (string | null)[];
    dismissals: Dismissal[];
    /** Where the patient went at discharge. */
    disposition: string | null;
}

export interface ReviewDesk extends OpenChart {
    accuracy_target_percent: number;
    drawn_because: string;
    coding: Coding;
    draft: StoredDraft<ReviewDraft> | null;
    earlier: EarlierReview[];
}

export interface Difference {
    category: string;
    coder: number | null;
    reviewer: number | null;
    detail: string;
}

/** A difference with the severity that it has unless the reviewer says otherwise. */
export interface Proposed {
    category: string;
    severity: Severity;
    coder_line: number | null;
    reviewer_line: number | null;
    detail: string;
}

export interface Compared {
    changed: boolean;
    comparison: { agreed: { coder: number; reviewer: number }[]; differences: Difference[] };
    proposed: Proposed[];
    score: Score;
    edits: Finding[];
    descriptions: (string | null)[];
    meaning: Meaning;
    coder_meaning: Meaning;
}
