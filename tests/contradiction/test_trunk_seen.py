"""Trunk findings that a sentence shows, or speaks against, without naming them."""

import pytest

from faithlens.contradiction.assess import assess
from faithlens.contradiction.lexicon import lexicon
from faithlens.contradiction.tokens import tokens

SEEN = """
pneumothorax | sign | On that side the lung has crumpled to a small stump at the hilum.
pneumothorax | sign | Peripheral to a fine white line there are no branching shadows at all.
pneumothorax | sign | A jet-black strip lies between the ribs and the edge of the lung.
pneumothorax | against | The vascular markings can be followed right out to the chest wall on both sides.
pneumothorax | sign | M-mode gives a barcode pattern and the pleura does not slide.
pleural_effusion | sign | The left lung base is drowned by a white layer which climbs towards the armpit like a saucer.
pleural_effusion | sign | There is a wedge of lung flapping in a black pool above the diaphragm.
pleural_effusion | against | Both gutters next to the diaphragm come to a sharp point.
pleural_effusion | sign | The sharp corner between ribs and diaphragm has been rounded off.
pneumonia | sign | A woolly white patch fills the right lower zone and the boy has been coughing for a week.
pneumonia | sign | Black little tubes run through an otherwise white lobe.
pulmonary_edema | sign | Fluffy white wings spread out from both hila while the heart is big.
pulmonary_edema | sign | Tiny horizontal lines stacked like a ladder reach the pleura at both bases.
pulmonary_edema | sign | The vessels in the upper zones are as wide as those below.
cardiomegaly | sign | The heart shadow spans two thirds of the rib cage.
cardiomegaly | against | The cardiac outline takes up well under half of the chest.
cardiomegaly | sign | I get 17 cm over 28 cm for a ratio of 0.61.
emphysema | sign | The lungs are overblown and the domes have been pressed flat.
emphysema | sign | Upper lobes look like swiss cheese with black holes that lack a wall.
atelectasis | sign | The horizontal fissure has been dragged upwards and the windpipe leans to the same side.
atelectasis | sign | The ribs stand closer together over the white side.
lung_cancer | sign | A thorny lump in the left upper lobe is tugging at the pleura.
tuberculosis | sign | A thick-walled hole sits in the apex of the right lung and he has night sweats.
pulmonary_fibrosis | sign | A coarse net is drawn over both lung bases right under the pleura.
bronchiectasis | sign | The airways are fatter than the arteries next to them.
pulmonary_embolism | sign | A grey worm sits inside the white right lung artery.
pulmonary_embolism | against | The lung arteries fill evenly down to the smallest branches.
aortic_dissection | sign | A thin curtain splits the main artery into two channels.
aortic_dissection | against | The aorta has a single lumen with a smooth wall.
aortic_aneurysm | sign | The belly artery has blown up to 6.4 cm with clot along its wall.
aortic_aneurysm | against | The aorta tapers nicely and measures 19 mm.
pericardial_effusion | sign | The heart swings to and fro in a ring of black fluid.
mediastinal_mass | sign | A lobulated lump sits behind the breastbone in front of the great vessels.
malpositioned_tube | sign | The tip of the tube has gone down into the right main bronchus.
malpositioned_tube | against | The tip sits about five centimetres above the carina, a good place.
malpositioned_tube | sign | The feeding tube follows the airway and ends over the right lower lung in a bronchus.
rib_fracture | sign | There is a small step in the cortex of the seventh rib.
hiatal_hernia | sign | Behind the heart there is a round bubble with an air-fluid level.
pneumoperitoneum | sign | A thin black crescent lies directly under the right dome of the diaphragm.
pneumoperitoneum | sign | The gut wall can be seen from the inside and the outside.
bowel_obstruction | sign | Sausage-like loops of small bowel are stacked in the middle with several fluid levels.
bowel_obstruction | against | The loops of small bowel are slim throughout.
appendicitis | sign | From the caecum a blind-ending tube of 11 mm arises, with dirty fat around it.
appendicitis | against | The appendix is thin and filled with air to its tip.
diverticulitis | sign | Around one of the pouches of the sigmoid the fat looks smudged.
diverticulitis | against | There are pouches on the sigmoid but the fat around them is clean.
crohn_disease | sign | The last loop of small bowel is stiff and thickened with healthy stretches in between.
ulcerative_colitis | sign | Raw granular mucosa runs without a gap from the rectum upward.
intussusception | sign | One piece of gut has slid into the next like a telescope.
volvulus | sign | A huge loop like a coffee bean rises out of the pelvis.
pyloric_stenosis | sign | The stomach outlet muscle is 5 mm thick and no milk gets past.
pyloric_stenosis | against | The pyloric muscle is 2 mm and the channel opens freely.
duodenal_atresia | sign | Two gas bubbles in the upper belly and nothing beyond.
gallstones | sign | Several little rocks in the gall bladder roll about and throw black shadows.
gallstones | against | Nothing inside the gallbladder, it is black and echo-free.
cholecystitis | sign | The gallbladder wall is swollen to 6 mm and she winces under the probe.
cholecystitis | against | The gallbladder wall is paper-thin.
choledocholithiasis | sign | A round dark plug is stuck at the lower end of the common duct.
biliary_dilation | sign | The bile ducts look like the branches of a tree in winter and the common duct measures 14 mm.
biliary_dilation | against | The bile ducts are slender.
pancreatitis | sign | The fat around the pancreas is streaky and the gland is puffy.
pancreatitis | against | The pancreas has crisp edges and the fat beside it is clean.
pancreatic_cancer | sign | A poorly enhancing lump in the head of the pancreas blocks both ducts.
fatty_liver | sign | The liver is much brighter than the kidney next to it.
fatty_liver | sign | On out-of-phase images the liver loses signal.
cirrhosis | sign | The liver has a knobbly outline and is shrunken on the right.
cirrhosis | against | The liver has a smooth edge.
hemangioma | sign | Contrast puddles at the edge of the lesion and slowly fills in to the centre.
hepatocellular_carcinoma | sign | The nodule lights up early and washes out later in a cirrhotic liver.
liver_metastasis | sign | The liver is peppered with dark round spots of different sizes.
hepatic_cyst | sign | A bubble of pure water with a hair-thin wall sits in the liver.
splenomegaly | sign | The spleen is 17 cm long and its tip lies below the kidney.
splenomegaly | against | The spleen measures 10 cm which is not large.
splenic_laceration | sign | A jagged cleft runs through the spleen with clot around it.
ascites | sign | Black fluid surrounds the liver and the loops float in it.
kidney_stone | sign | A chalk-white speck sits in the ureter just above the bladder.
kidney_stone | against | Kidneys and ureters are free of stones.
hydronephrosis | sign | The calyces are ballooned like the fingers of a glove and the renal pelvis is wide.
hydronephrosis | against | The collecting system is slim with sharply cupped calyces.
renal_cyst | sign | On the lower pole of the kidney hangs a water-filled ball with a thin wall.
renal_mass | sign | A solid lump bulges from the outline of the kidney and takes up contrast.
pyelonephritis | sign | The kidney enhances in stripes with hazy fat around it.
bladder_cancer | sign | A seaweed-like growth sticks out from the bladder wall and does not move.
ruptured_urinary_tract | sign | Contrast leaks from the ureter into the surrounding fat.
adrenal_pathology | sign | A little ball hangs on the gland on top of the left kidney.
prostate_enlargement | sign | The prostate lifts the floor of the bladder and measures 85 ml.
prostate_cancer | sign | A smudgy dark focus in the outer zone of the prostate restricts.
testicular_torsion | against | Both testicles have good flow.
epididymitis | sign | The epididymis is plump and ablaze with colour.
ovarian_cyst | sign | Beside the womb there is a thin-walled bag of clear water on the ovary.
ovarian_dermoid | sign | The ovarian mass contains fat and a tooth.
uterine_fibroid | sign | A dark round whorled knot sits in the wall of the uterus.
uterine_fibroid | against | The womb has a smooth outline without lumps.
ectopic_pregnancy | sign | The womb is empty although the test is positive.
ectopic_pregnancy | sign | A ring with a yolk sac is seen next to the ovary.
intrauterine_pregnancy | sign | Inside the womb I can see a tiny embryo with a flicker.
placenta_previa | sign | The afterbirth lies right across the inner opening of the cervix.
placenta_previa | against | The placenta is high up at the fundus.
breech | sign | The baby's bottom is leading into the pelvis and the skull is up at the fundus.
miscarriage | sign | The fetal pole measures 9 mm and has no heartbeat.
breast_cancer | sign | A crab-like knot in the breast pulls in the nipple.
breast_cancer | sign | Fine specks are clustered along a duct and vary in shape.
fibroadenoma | sign | A smooth oval lump that slips away under the finger, wider than tall, in a young woman.
breast_cyst | sign | In the breast there is a black bubble with brightness behind it.
dvt | sign | The vein behind the knee stays round when I press and is packed with grey stuff.
dvt | against | All the leg veins squash flat under light pressure.
esophageal_varices | sign | Bluish cords bulge into the lower gullet.
barrett_esophagus | sign | Salmon-pink tongues reach up into the gullet.
gastric_ulcer | sign | A punched-out crater with a white base on the lesser curvature of the stomach.
achalasia | sign | The gullet is wide and ends like a bird's beak.
polyp | sign | A cherry on a stalk hangs into the lumen of the colon.
mesenteric_ischemia | sign | The wall of several loops of gut does not take up any contrast.
constipation | sign | The whole colon is crammed with mottled material.
pacemaker | sign | A metal box under the left collarbone sends two leads to the heart.
endotracheal_tube | sign | A tube runs down the windpipe and stops above the fork.
central_line | sign | A thin line enters at the neck vein and ends in the upper vena cava.
nasogastric_tube | sign | A tube comes down the gullet and curls up in the stomach.
subcutaneous_emphysema | sign | Feathery black streaks of air run through the chest muscles and under the skin.
pneumomediastinum | sign | Black lines of air run along the heart border up into the neck.
tracheal_deviation | sign | The windpipe is bowed away to the right.
tracheal_deviation | against | The windpipe runs in the middle.
sarcoidosis | sign | Both hila are lumpy like bags of potatoes and symmetrical.
mesothelioma | sign | A thick rind wraps the whole right lung and has shrunk the side.
pulmonary_metastases | sign | Both lungs are dotted with many round balls of various sizes.
left_atrial_enlargement | sign | Behind the right heart border there is a double contour and the carina is splayed.
coronary_artery_disease | sign | The anterior descending branch is pinched by a soft plaque.
tetralogy_of_fallot | sign | The heart has the shape of a boot.
aortic_coarctation | sign | The aorta has a waist just past the left subclavian.
horseshoe_kidney | sign | The lower poles of the kidneys are joined by a bridge in front of the aorta.
bladder_stone | sign | A laminated ball in the bladder rolls to the other side when he turns.
endometrioma | sign | The cyst of the ovary is filled with even grey ground glass echoes.
lymphadenopathy | sign | Several nodes are round and matted and reach 22 mm.
liver_abscess | sign | A septated pocket with gas bubbles sits in the liver and he has fever.
pneumonia | against | Both lungs are clean and dark.
bowel_perforation | sign | Bubbles of gas leak out through a gap in the wall of the duodenum.
duodenal_ulcer | sign | In the duodenal bulb there is a pit with a fibrin base.
esophageal_candidiasis | sign | Curd-like white flecks stick to the lining of the gullet.
gastritis | sign | The antrum of the stomach is patchy red with small erosions.
esophageal_cancer | sign | An irregular mass with shoulders narrows the gullet.
gastric_cancer | sign | The stomach wall is stiff like a leather bottle and does not stretch.
colorectal_cancer | sign | A cauliflower-like growth narrows the lumen of the sigmoid and bleeds on contact.
hemorrhoids | sign | Purple cushions bulge just above the anus.
angiectasia | sign | A small cherry-red fern-like spot on the mucosa of the small bowel.
chronic_pancreatitis | sign | The pancreas is speckled with calcium and its duct looks like a chain of lakes.
focal_nodular_hyperplasia | sign | A star-shaped scar lies in the centre of the liver mass.
portal_vein_thrombosis | sign | The portal vein does not fill with colour and has grey material in it.
splenic_infarct | sign | A wedge of the spleen does not enhance.
liver_abscess | sign | A honeycomb collection with thick rim and gas bubbles in the right lobe of the liver.
gallbladder_polyp | sign | A small bump is stuck to the gallbladder wall and throws no shadow.
gallbladder_sludge | sign | There is mud in the gallbladder that shifts slowly without a shadow.
hernia | sign | Through a gap in the abdominal wall a loop of gut has got under the skin.
inguinal_hernia | sign | A loop of bowel runs down into the inguinal canal.
mesenteric_ischemia | sign | The superior mesenteric artery is blocked by a clot.
large_bowel_obstruction | sign | The colon is wide down to the sigmoid where it stops and the rectum is empty.
polycystic_kidney | sign | Both kidneys are huge and replaced by countless bubbles.
angiomyolipoma | sign | The lump in the kidney contains fat of minus 60 units.
staghorn_calculus | sign | A coral-shaped stone fills the calyces.
bladder_rupture | sign | Contrast escapes from a hole in the dome of the bladder and outlines loops of bowel.
vesicoureteral_reflux | sign | On voiding the contrast runs back up into both ureters.
ureterocele | sign | The lower end of the ureter balloons into the bladder like a cobra head.
adrenal_adenoma | sign | The nodule of the adrenal has 4 HU and loses signal on opposed-phase images.
renal_infarct | sign | A sharp wedge of the kidney stays dark while a thin rim of cortex enhances.
testicular_cancer | sign | A solid dark knot with vessels sits inside the testis.
hydrosalpinx | sign | A folded sausage filled with fluid lies beside the ovary.
endometrial_cancer | sign | The womb lining is thick and irregular and grows into the muscle after the menopause.
cervical_cancer | sign | A bulky tumour breaks through the stroma of the cervix.
molar_pregnancy | sign | The womb is stuffed with small bubbles like a bunch of grapes and there is no baby.
gastroschisis | sign | Bare loops of bowel float in the amniotic fluid to the right of the cord.
omphalocele | sign | A membrane covers the liver and bowel that bulge into the base of the umbilical cord.
oligohydramnios | sign | There is hardly any amniotic fluid with a deepest pool of 1 cm.
placental_abruption | sign | A blood clot has lifted the afterbirth off the wall.
nuchal_translucency | sign | The nuchal fluid measures 4.2 mm.
cephalic | sign | The head fits into the pelvis just above the cervix.
implant_rupture | sign | The silicone shell has collapsed into wavy noodles.
gynecomastia | sign | Behind the nipple of this man there is a flame of glandular tissue.
fat_necrosis | sign | An oil-filled lump with an eggshell rim of calcium after trauma to the breast.
left_ventricular_hypertrophy | sign | The wall of the left ventricle is 17 mm thick.
myocardial_infarction | sign | The inner layer of the wall is bright on late images and that segment does not move.
cardiac_thrombus | sign | A dark plug that does not enhance sits in the apex of the left ventricle.
atrial_myxoma | sign | A ball on a stalk swings in the left atrium.
endocarditis | sign | A shaggy clump flaps on the valve leaflet.
pulmonary_hypertension | sign | The pulmonary trunk is wider than the aorta and the peripheral vessels are pruned.
svc_syndrome | sign | The upper vena cava is squeezed to a slit by the mass.
carotid_stenosis | sign | The carotid narrows to a thread at its origin.
vascular_injury | sign | A puddle of contrast grows from phase to phase next to the artery.
arterial_occlusion | sign | The artery ends abruptly and corkscrew collaterals fill the leg.
diaphragm_rupture | sign | The stomach has a waist where it passes through the torn diaphragm.
lung_contusion | sign | Hazy patch under the broken ribs a few hours after the crash.
hemothorax | sign | Dense fluid of 55 HU lies around the lung after the stab.
empyema | sign | The two layers of the pleura are thick and enhance around a lens-shaped pocket.
lung_abscess | sign | A thick-walled cavity with a fluid level sits in the lower lobe.
silicosis | sign | Eggshell calcified nodes and many small hard nodules in the upper lobes of a miner.
pulmonary_metastases | sign | Cannonballs of all sizes in both lungs.
aspergilloma | sign | A ball rolls about within an old cavity with a sickle of air above it.
croup | sign | The airway tapers to a church tower shape below the glottis.
foreign_body_aspiration | sign | One lung stays black on breathing out and the child choked on a peanut.
thymoma | sign | A lobulated mass in front of the aorta in a woman with myasthenia.
dextrocardia | sign | The tip of the heart points to the right.
nasogastric_tube_in_lung | sign | The feeding tube veers into the right bronchus at the carina.
chest_tube | sign | A drain enters between the ribs and ends at the lung apex.
stent | sign | A cylinder of wire mesh lies in the artery.
ivc_filter | sign | A little metal umbrella sits in the cava beside the spine.
prosthetic_valve | sign | A metallic ring is projected over the heart.
retained_sponge | sign | A squiggly radiopaque strip within a mottled gas collection after the operation.
situs_inversus | sign | The liver is on the left and the stomach bubble below the right diaphragm.
diverticulosis | sign | Numerous small outpouchings line the sigmoid colon.
ruptured_urinary_tract | against | All contrast stays inside the collecting system.
dilated_urinary_tract | against | Both ureters are thread-thin.
ovarian_pathology | against | Both ovaries are of normal size with a few follicles.
aortic_enlargement | sign | The aortic knob bulges broadly to the left.
tension_pneumothorax | sign | The windpipe and the heart are pushed away from the black side.
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in SEEN.strip().splitlines()]


@pytest.mark.parametrize(("concept", "sense", "sentence"), ROWS, ids=[f"{row[0]}-{at}" for at, row in enumerate(ROWS)])
def test_a_description_is_taken_for_what_it_shows(concept: str, sense: str, sentence: str):
    known = lexicon()
    found = [hit for hit in known.hits(tokens(sentence)) if hit.sense == sense]
    assert any(known.distance(hit.concept, concept) is not None for hit in found)


@pytest.mark.parametrize(
    ("concept", "sentence"),
    [
        ("pneumothorax", "A thin black crescent lies under the dome of the diaphragm."),
        ("pleural_effusion", "Fluid surrounds the liver and fills the pelvis."),
        ("appendicitis", "The appendix is unremarkable and the fat beside the caecum is clean."),
        ("pulmonary_embolism", "A round plug is stuck at the lower end of the common duct."),
        ("hydronephrosis", "A water-filled ball with a thin wall hangs on the kidney."),
        ("uterine_fibroid", "The nodule in the lung has popcorn calcification."),
        ("gi_bleeding", "The blood vessels of the lung taper."),
        ("crohn_disease", "Raw mucosa runs without a gap from the rectum upward."),
    ],
)
def test_a_description_of_something_else_does_not_show_it(concept: str, sentence: str):
    assert not any(hit.concept == concept and hit.sense == "sign" for hit in lexicon().hits(tokens(sentence)))


@pytest.mark.parametrize(
    ("options", "meant", "think"),
    [
        (
            ("Lung abnormality", "Liver abnormality", "Bowel abnormality", "Kidney abnormality"),
            2,
            "The liver is even and smooth. The wall of the terminal ileum is 8 mm thick with streaky fat beside it.",
        ),
        (
            ("Gallbladder pathology", "Pancreatic pathology", "Adrenal pathology", "Renal pathology"),
            0,
            "The sac under the liver holds several pebbles which throw shadows.",
        ),
        (
            ("Dilated urinary tract", "Narrowed urinary tract", "Ruptured urinary tract", "Inflamed urinary tract"),
            2,
            "Contrast has escaped from the renal pelvis and pools in the fat around the ureter.",
        ),
        (
            ("Vascular dilation", "Vascular malformation", "Hematoma", "Blood clot"),
            3,
            "The vein stays round under pressure and is full of grey stuff.",
        ),
        (
            ("Fatty liver", "Liver abscess", "Cirrhosis", "Hepatitis"),
            2,
            "The liver has a knobbly outline and is shrunken on the right.",
        ),
    ],
)
def test_a_general_option_is_reached_from_what_is_seen_and_no_other(options: tuple[str, ...], meant: int, think: str):
    found = [assess(think, "What can be observed?", options, option) for option in range(len(options))]
    assert found[meant].supports > 0.5
    assert all(other.supports < 0.5 for option, other in enumerate(found) if option != meant)


def test_a_sign_that_is_a_place_too_counts_for_both():
    wrong = assess("The tip lies past the carina.", "Is the tube placed correctly?", ("Yes", "No"), 1)
    assert wrong.supports > 0.5
