// Whether two drafts say the same: the server writes its fields in another order, and leaves out what is
// not said.

export function sameDraft(a: unknown, b: unknown): boolean {
    return canonical(a) === canonical(b);
}

/** A draft as text that only depends on what it says. */
export function canonical(value: unknown): string {
    return JSON.stringify(value, (_, part: unknown) => {
        if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
        const said = Object.entries(part).filter(([, inner]) => inner !== null && inner !== undefined);
        return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
    });
}
