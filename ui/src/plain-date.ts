// A day as a coder types it: 4/3, 0403, 4/3/26, 04032026 and 2026-04-03 are one day. American order, as the
// charts have it; a year that is not said is the one that lies nearest to the encounter.

const DAY_MS = 86_400_000;

/** The day as YYYY-MM-DD, or undefined when the text is none. `near` is a day in the same form. */
export function readDay(text: string, near: string): string | undefined {
    const typed = text.trim();
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
    if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    const parts =
        /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?$/.exec(typed) ??
        /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(typed);
    if (!parts) return undefined;
    const [month, day] = [Number(parts[1]), Number(parts[2])];
    if (parts[3] !== undefined) return dayOf(fullYear(parts[3]), month, day);
    return nearest(month, day, near);
}

function fullYear(text: string): number {
    return text.length === 2 ? 2000 + Number(text) : Number(text);
}

function dayOf(year: number, month: number, day: number): string | undefined {
    const made = new Date(Date.UTC(year, month - 1, day));
    const fits = made.getUTCMonth() === month - 1 && made.getUTCDate() === day && year >= 1900;
    return fits ? made.toISOString().slice(0, 10) : undefined;
}

function nearest(month: number, day: number, near: string): string | undefined {
    const year = Number(near.slice(0, 4));
    const all = [year - 1, year, year + 1].map((candidate) => dayOf(candidate, month, day));
    const away = (candidate: string) => Math.abs(Date.parse(candidate) - Date.parse(near)) / DAY_MS;
    return all.filter((it) => it !== undefined).sort((a, b) => away(a) - away(b))[0];
}
