// The one way from the browser to the JSON API.
import { fetchPage } from "./dom";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A network that swallows requests gives no answer by itself: after this long none came. */
const ANSWER_MS_MAX = 30_000;

export interface FieldFault {
    /** The name of the entry, dotted where entries nest. */
    name: string;
    message: string;
}

/** What went wrong, as the server's problem+json tells it. Status 0: no answer came. */
export class Problem extends Error {
    readonly status: number;
    readonly kind: string;
    readonly title: string;
    readonly fields: FieldFault[];
    /** The whole answer: some problems say more than the rest of these. */
    readonly told: object;

    constructor(status: number, told: Told = {}) {
        const title = told.title ?? fallbackTitle(status);
        super(told.detail || title);
        this.name = "Problem";
        this.status = status;
        this.kind = told.type ?? "about:blank";
        this.title = title;
        this.fields = told.fields ?? [];
        this.told = told;
    }

    /** Whether the same request may succeed later, unchanged. */
    get mayRepeat(): boolean {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}

interface Told {
    type?: string;
    title?: string;
    detail?: string;
    fields?: FieldFault[];
}

function fallbackTitle(status: number): string {
    if (status === 0) return "The server can't be reached. Nothing was lost; please try again.";
    if (status === 401) return "You are signed out.";
    if (status === 413) return "This is larger than the server takes.";
    if (status === 429) return "Too many requests. Please wait a moment and try again.";
    if (status >= 500) return "The server could not do this. Please try again in a moment.";
    return "This could not be done.";
}

// After signing in again elsewhere, this page still holds the old session's token.
let tokenIsStale = false;

/** The headers that prove a request comes from our own page. */
export async function proof(): Promise<Record<string, string>> {
    const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
    if (!meta) return {};
    if (tokenIsStale) {
        const fresh = await freshToken();
        if (fresh) {
            meta.content = fresh;
            tokenIsStale = false;
        }
    }
    return { "x-csrf-token": meta.content };
}

async function freshToken(): Promise<string | undefined> {
    const page = await fetchPage();
    return page?.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
}

/** The problem in an answer's body, whatever the body is. */
export function problemFrom(status: number, body: string): Problem {
    if (status === 401 || status === 403) tokenIsStale = true;
    try {
        const told: unknown = JSON.parse(body);
        if (told && typeof told === "object") return new Problem(status, told as Told);
    } catch {
        // A proxy in between may answer with a page of its own; its status says enough.
    }
    return new Problem(status);
}

/** A key under which the server does a thing once, however often it is asked. */
export function newKey(): string {
    return crypto.randomUUID();
}

/**
 * Asks the server and gives its JSON answer (undefined when it has none).
 * Give `key` to repeat a request that may have arrived. Throws Problem.
 */
export async function call<T = unknown>(
    method: Method,
    path: string,
    body?: unknown,
    key: string = newKey(),
): Promise<T> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (method !== "GET") Object.assign(headers, await proof());
    if (method === "POST") headers["idempotency-key"] = key;
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const request: RequestInit = { method, headers, credentials: "same-origin", signal };
    if (body !== undefined) {
        headers["content-type"] = "application/json";
        request.body = JSON.stringify(body);
    }
    let answer: Response;
    let text: string;
    try {
        answer = await fetch(path, request);
        text = await answer.text();
    } catch {
        throw new Problem(0);
    }
    if (!answer.ok) throw problemFrom(answer.status, text);
    return (text === "" ? undefined : JSON.parse(text)) as T;
}
