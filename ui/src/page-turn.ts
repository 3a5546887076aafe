// A page that was turned in steps of a right angle, clockwise: points and directions between how it is
// shown and how it stands upright. Points are fractions of the sides.

/** How many right angles a page was turned. */
export type Quarter = 0 | 1 | 2 | 3;

type Pair = [number, number];

/** The point of the upright page that is shown at a point. */
export function pointOnPage([across, down]: Pair, quarter: Quarter): Pair {
    switch (quarter) {
        case 0:
            return [across, down];
        case 1:
            return [down, 1 - across];
        case 2:
            return [1 - across, 1 - down];
        case 3:
            return [1 - down, across];
    }
}

/** The direction on the upright page that is shown as a direction. */
export function directionOnPage([across, down]: Pair, quarter: Quarter): Pair {
    switch (quarter) {
        case 0:
            return [across, down];
        case 1:
            return [down, -across];
        case 2:
            return [-across, -down];
        case 3:
            return [-down, across];
    }
}

/** Turned once more. */
export function turned(quarter: Quarter): Quarter {
    return ((quarter + 1) % 4) as Quarter;
}
