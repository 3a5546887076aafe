//! The nervous system, the eye, the lungs, and the heart and vessels (MDC 1 to 5).

use crate::drg::need::Need::{AddsUp, All, Any, Discharged, Mcc, Not, Op, Pdx, Psdx, Sdx};
use crate::drg::need::{Class, Need, Turn};

const ANTINEOPLASTIC: Need = Any(&[Op("ANTINEOPLASTIC IMPLANT ORPCS"), Op("NON-ORPCS")]);
const EPILEPSY: Need = All(&[Pdx("EPILEPSY PDX"), Op("NEUROSTIMULATOR")]);
const CRANIOTOMY: Need = All(&[
    Op("CRANIOTOMY ORPCS"),
    Any(&[Op("MAJOR DEVICE IMPLANT"), Pdx("ACUTE COMPLEX CNS PDX")]),
]);
const SPINE_STIMULATOR: Need = Op("SPINAL NEUROSTIMULATORS");
const NERVE_STIMULATOR: Need = Op("PERIPHERAL NEUROSTIMULATORS");

const VALVE: Need = Op("CARDIAC VALVE AND OTHER MAJOR CARDIOTHORACIC PROCEDURE ORPCS");
const CATHETER: Need = Op("CARDIAC CATHETERIZATION NON-ORPCS");
const BYPASS: Need = Op("CORONARY BYPASS ORPCS");
const DEFIBRILLATOR: Need = Op("CARDIAC DEFIBRILLATOR IMPLANT ORPCS");
const CAROTID_SINUS: Need = Op("CAROTID SINUS NEUROSTIMULATOR ORPCS");
const ATHERECTOMY: Need = Op("CORONARY ATHERECTOMY ORPCS");
const DEVICE: Need = Op("INTRALUMINAL DEVICE ORPCS");
const STENT: Need =
    Any(&[Op("DRUG-ELUTING INTRALUMINAL DEVICE"), Op("NON DRUG-ELUTING INTRALUMINAL DEVICE")]);
const FOUR_ARTERIES: Need = AddsUp(
    4,
    &[("ONE ARTERY", 1), ("TWO ARTERIES", 2), ("THREE ARTERIES", 3), ("FOUR OR MORE ARTERIES", 4)],
);
const FOUR_DEVICES: Need = AddsUp(
    4,
    &[
        (
            "COMBINATION OF CODES IN THE NEXT FOUR LISTS THAT ADD UP TO FOUR OR MORE \
             ARTERIES/INTRALUMINAL DEVICES SELECT DRG 321 OVER DRG 322 ONE INTRALUMINAL DEVICE",
            1,
        ),
        ("TWO INTRALUMINAL DEVICES", 2),
        ("THREE INTRALUMINAL DEVICES", 3),
        ("FOUR OR MORE INTRALUMINAL DEVICES", 4),
    ],
);
const INFARCTION: Need = Psdx("PDX OR SDX");
/// The NUBC patient discharge status of whoever died.
const EXPIRED: Need = Discharged(&["20", "40", "41", "42"]);

const AORTIC_VALVE: Need =
    Op("THREE CONDITIONS MUST BE MET FIRST CONDITION: SELECT ONE PROCEDURE \
    FROM AORTIC VALVE PROCEDURE AORTIC VALVE PROCEDURE");
const MITRAL_VALVE: Need =
    Op("SECOND CONDITION: SELECT ONE PROCEDURE FROM MITRAL VALVE PROCEDURE \
    MITRAL VALVE PROCEDURE");
const CONCOMITANT: Need = Op("THIRD CONDITION: SELECT AT LEAST ONE PROCEDURE FROM CONCOMITANT \
    PROCEDURE CONCOMITANT ORPCS");
const APPENDAGE: Need =
    Op("TWO CONDITIONS MUST BE MET FIRST CONDITION: SELECT ONE PROCEDURE FROM \
    LEFT ATRIAL APPENDAGE CLOSURE PROCEDURE LEFT ATRIAL APPENDAGE CLOSURE PROCEDURE");
const ABLATION: Need =
    Op("SECOND CONDITION: SELECT ONE PROCEDURE FROM CARDIAC ABLATION PROCEDURE \
    CARDIAC ABLATION PROCEDURE");

pub(super) const CLASSES: &[Class] = &[
    // MDC 1: the nervous system.
    Class::new(
        &[20, 21, 22],
        All(&[Pdx("HEMORRHAGE PDX"), Op("INTRACRANIAL VASCULAR PROCEDURE ORPCS")]),
    ),
    Class::new(&[23, 24], Any(&[CRANIOTOMY, ANTINEOPLASTIC, EPILEPSY]))
        .or_first(Any(&[ANTINEOPLASTIC, EPILEPSY])),
    Class::new(&[28, 29, 30], Any(&[Op("SPINAL PROCEDURE ORPCS"), SPINE_STIMULATOR]))
        .or_second(SPINE_STIMULATOR),
    Class::new(
        &[40, 41, 42],
        Any(&[
            Op("PERIPHERAL / CRANIAL NERVE & OTHER NERVOUS SYSTEM PROCEDURE ORPCS"),
            Op("NON-ORPCS"),
            Op("NON-ORPCS*"),
            NERVE_STIMULATOR,
        ]),
    )
    .or_second(NERVE_STIMULATOR),
    Class::new(&[61, 62, 63], All(&[Pdx("PDX"), Op("NON-ORPCS")])),
    Class::new(&[64, 65, 66], Pdx("PDX")).or_second(Sdx("TPA WITHIN 24 HOURS SDX")),
    Class::new(&[82, 83, 84], Any(&[Pdx("PDX"), All(&[Pdx("OR PDX"), Sdx("AND SDX")])])),
    // MDC 2: the eye.
    Class::new(&[124, 125], Pdx("PDX")).or_first(Op("THROMBOLYTIC AGENT")),
    // MDC 4: the lungs.
    Class::new(&[173], All(&[Pdx("PULMONARY EMBOLISM PDX"), Op("AND ORPCS")])),
    Class::new(&[175, 176], Any(&[Pdx("PDX"), Pdx("ACUTE COR PULMONALE")]))
        .or_first(Pdx("ACUTE COR PULMONALE")),
    Class::new(&[177, 178, 179], Any(&[Pdx("OR PDX"), All(&[Pdx("PDX"), Sdx("WITH SDX")])])),
    Class::new(&[207], Op("ANY PDX IN MDC 4 MECHANICAL VENTILATION >96 HOURS NON-ORPCS"))
        .turn(Turn::Early),
    Class::new(&[208], Op("MECHANICAL VENTILATION <96 HOURS NON-ORPCS")).turn(Turn::Early),
    // MDC 5: the heart and the vessels.
    Class::new(
        &[209],
        Any(&[
            All(&[Op("ORPCS"), Op("WITH ONE OF THE FOLLOWING")]),
            Op("OR ORPCS"),
            All(&[Op("OR ORPCS*"), Op("WITH ONE OF THE FOLLOWING*")]),
            Op("OR ORPCS**"),
        ]),
    ),
    Class::new(
        &[212],
        All(&[AORTIC_VALVE, MITRAL_VALVE, Any(&[CONCOMITANT, Op("CONCOMITANT NON-ORPCS")])]),
    ),
    Class::new(&[213], All(&[Op("ONE OF THE FOLLOWING ORPCS"), Op("WITH ONE OF THE ORPCS")])),
    Class::new(&[216, 217, 218], All(&[VALVE, CATHETER])),
    Class::new(&[231, 232], All(&[BYPASS, Op("PTCA ORPCS")])),
    Class::new(
        &[233, 234],
        All(&[BYPASS, Any(&[CATHETER, Op("ABLATION ORPCS"), Op("NON-ORPCS")])]),
    ),
    Class::new(&[275], All(&[DEFIBRILLATOR, CATHETER, Mcc])),
    Class::new(&[276, 277], Any(&[DEFIBRILLATOR, CAROTID_SINUS])).or_first(CAROTID_SINUS),
    Class::new(&[280, 281, 282], All(&[INFARCTION, Not(&EXPIRED)])),
    Class::new(&[283, 284, 285], All(&[INFARCTION, EXPIRED])),
    Class::new(&[317], All(&[APPENDAGE, Any(&[ABLATION, Op("NON-ORPCS")])])),
    // The procedures without a device decide nothing: alone they belong to 250–251.
    Class::new(&[321, 322], STENT)
        .or_first(Any(&[FOUR_ARTERIES, FOUR_DEVICES]))
        .aside(&["PERCUTANEOUS CARDIOVASCULAR PROCEDURE WITHOUT INTRALUMINAL DEVICE ORPCS"]),
    Class::new(&[323, 324], All(&[Op("LITHOTRIPSY ORPCS"), DEVICE])),
    Class::new(&[359, 360], All(&[ATHERECTOMY, DEVICE])),
];
