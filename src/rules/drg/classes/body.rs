//! Digestion, liver, bones and joints, skin and breast, and kidneys (MDC 6 to 11).

use crate::drg::need::Need::{AddsUp, All, Any, Beside, Not, Op, Pdx, Psdx, Sdx, Sites, Starts};
use crate::drg::need::{Class, Need};

const HERNIA: Need = Op("INGUINAL AND FEMORAL HERNIA PROCEDURE ORPCS");
const OTHER_HERNIA: Need = Op("HERNIA PROCEDURE EXCEPT INGUINAL AND FEMORAL ORPCS");

const MULTIPLE_ANTERIOR: Need = Op("MULTIPLE LEVEL ANTERIOR SPINAL FUSION ORPCS");
const MULTIPLE_POSTERIOR: Need = Op("MULTIPLE LEVEL POSTERIOR SPINAL FUSION ORPCS");
const ANTERIOR_NAME: &str = "SINGLE LEVEL ANTERIOR SPINAL FUSION ORPCS";
const POSTERIOR_NAME: &str = "SINGLE LEVEL POSTERIOR SPINAL FUSION ORPCS";
const ANTERIOR: Need = Op(ANTERIOR_NAME);
const POSTERIOR: Need = Op(POSTERIOR_NAME);
const TWO_OR_MORE_ANTERIOR: &str =
    "TWO OR MORE CODES FROM THE FOLLOWING LISTS SINGLE LEVEL ANTERIOR SPINAL FUSION ORPCS";
const MULTIPLE_CUSTOM: Need =
    Op("MULTIPLE LEVEL CUSTOM-MADE ANATOMICALLY DESIGNED INTERBODY FUSION DEVICE (CMADIFD) ORPCS");
const CUSTOM: Need = Any(&[
    MULTIPLE_CUSTOM,
    Op("SINGLE LEVEL CUSTOM-MADE ANATOMICALLY DESIGNED INTERBODY FUSION DEVICE (CMADIFD) ORPCS"),
]);
const SINGLE_CUSTOM: Need =
    Op("SINGLE LEVEL CUSTOM-MADE ANATOMICALLY DESIGNED INTERBODY FUSION DEVICE (CMADIFD)");
const EXTENSIVE: &str = "EXTENSIVE FUSIONS ORPCS";
/// Eight or more thoracic joints; or fewer together with several lumbar ones.
const EXTENSIVE_FUSION: Need = Any(&[
    Starts(EXTENSIVE, "0RG8"),
    All(&[Starts(EXTENSIVE, "0RG7"), Any(&[Starts(EXTENSIVE, "0SG1"), Starts(EXTENSIVE, "XRGC")])]),
]);
const CURVED_OR_DISEASED: Need =
    Any(&[Pdx("SPINAL CURVATURE / MALIGNANCY / INFECTION PDX"), Sdx("OR SDX")]);
const JOINTS: &[&str] = &[
    "LEFT ANKLE",
    "LEFT HIP",
    "LEFT KNEE",
    "RIGHT ANKLE",
    "RIGHT KNEE",
    // The heading of the whole list has stuck to its first part in the definitions.
    "TO QUALIFY AS BILATERAL OR MULTIPLE JOINT PROCEDURE YOU MUST HAVE AT LEAST ONE CODE FROM TWO \
     DIFFERENT LOWER EXTREMITY SITES AS LISTED BELOW. EXAMPLES: LEFT HIP AND RIGHT HIP - \
     BILATERAL; LEFT HIP AND LEFT KNEE - MULTIPLE; LEFT HIP AND RIGHT ANKLE - MULTIPLE; LEFT KNEE \
     AND RIGHT KNEE - BILATERAL RIGHT HIP",
];
const ANKLE: Need = Op("TOTAL ANKLE REPLACEMENT");
const DISC_OR_STIMULATOR: Need = Any(&[Op("DISC DEVICES ORPCS"), Op("NEUROSTIMULATORS")]);
const SKIN_GRAFT: Need = Op("SKIN GRAFT ORPCS");
const KIDNEY: Need = Op("KIDNEY AND URETER PROCEDURE ORPCS");
const DIALYSIS_ACCESS: Need = Op("AND NON-ORPCS");

pub(super) const CLASSES: &[Class] = &[
    // MDC 6: digestion.
    Class::new(&[350, 351, 352], HERNIA),
    Class::new(&[353, 354, 355], OTHER_HERNIA),
    Class::new(&[380, 381, 382], Pdx("COMPLICATED PEPTIC ULCER PDX")),
    Class::new(&[383, 384], Pdx("UNCOMPLICATED PEPTIC ULCER PDX")),
    // MDC 7: liver, bile and pancreas.
    Class::new(
        &[408, 409, 410],
        Any(&[Op("ORPCS"), Op("NON-ORPCS"), All(&[Op("OR ORPCS"), Not(&Op("WITHOUT ORPCS"))])]),
    ),
    Class::new(&[411, 412, 413], All(&[Op("ORPCS"), Op("C.D.E. ORPCS")])),
    Class::new(&[414, 415, 416], Op("CHOLECYSTECTOMY EXCEPT BY LAPAROSCOPE ORPCS")),
    Class::new(&[417, 418, 419], Op("LAPAROSCOPIC CHOLECYSTECTOMY ORPCS")),
    // MDC 8: bones, joints and muscles.
    Class::new(&[402], All(&[ANTERIOR, POSTERIOR])),
    Class::new(
        &[426, 427, 428],
        All(&[
            Any(&[MULTIPLE_ANTERIOR, ANTERIOR]),
            Any(&[MULTIPLE_POSTERIOR, POSTERIOR]),
            Any(&[
                MULTIPLE_ANTERIOR,
                MULTIPLE_POSTERIOR,
                AddsUp(3, &[(ANTERIOR_NAME, 1), (POSTERIOR_NAME, 1)]),
            ]),
        ]),
    )
    .or_first(CUSTOM),
    Class::new(
        &[429, 430],
        All(&[
            Op("ANTERIOR CERVICAL SPINAL FUSION ORPCS"),
            Op("POSTERIOR CERVICAL SPINAL FUSION ORPCS"),
        ]),
    ),
    Class::new(
        &[447, 448],
        Any(&[
            MULTIPLE_ANTERIOR,
            MULTIPLE_POSTERIOR,
            MULTIPLE_CUSTOM,
            AddsUp(2, &[(TWO_OR_MORE_ANTERIOR, 1)]),
            AddsUp(2, &[(POSTERIOR_NAME, 1)]),
        ]),
    )
    .or_first(CUSTOM),
    Class::new(&[450, 451], Any(&[Op("SINGLE LEVEL FUSION ORPCS"), SINGLE_CUSTOM]))
        .or_first(SINGLE_CUSTOM),
    Class::new(
        &[456, 457, 458],
        Any(&[
            EXTENSIVE_FUSION,
            All(&[Op("SPINAL FUSION EXCEPT CERVICAL ORPCS"), CURVED_OR_DISEASED]),
        ]),
    ),
    Class::new(&[461, 462], Sites(2, JOINTS)),
    // What is removed and put in again in a revision is that revision.
    Class::new(&[463, 464, 465], Beside("ORPCS", "466|ORPCS")),
    Class::new(&[469, 470], Any(&[Op("ORPCS"), ANKLE])).or_first(ANKLE),
    Class::new(&[485, 486, 487], All(&[Pdx("INFECTION PDX"), Op("KNEE PROCEDURE ORPCS")])),
    Class::new(
        &[518, 519, 520],
        Any(&[Op("BACK & NECK EXCEPT DISC DEVICES ORPCS"), DISC_OR_STIMULATOR]),
    )
    .or_first(DISC_OR_STIMULATOR),
    Class::new(&[521, 522], All(&[Pdx("PDX"), Op("AND ORPCS")])),
    // MDC 9: skin and breast.
    Class::new(&[573, 574, 575], All(&[SKIN_GRAFT, Pdx("SKIN ULCER OR CELLULITIS PDX")])),
    Class::new(&[576, 577, 578], SKIN_GRAFT),
    Class::new(&[582, 583], All(&[Op("ORPCS"), Psdx("PSDX")])),
    // MDC 11: kidneys and the urinary tract.
    Class::new(&[650, 651], All(&[Op("ORPCS"), DIALYSIS_ACCESS])),
    Class::new(&[656, 657, 658], All(&[KIDNEY, Pdx("NEOPLASM PDX")])),
    Class::new(&[659, 660, 661], KIDNEY),
    Class::new(
        &[673, 674, 675],
        Any(&[
            Op("ORPCS"),
            All(&[DIALYSIS_ACCESS, Any(&[Pdx("OR PDX"), All(&[Pdx("OR PDX*"), Sdx("WITH SDX")])])]),
            All(&[Pdx("OR PDX**"), Op("AND NON-ORPCS*")]),
        ]),
    ),
];
