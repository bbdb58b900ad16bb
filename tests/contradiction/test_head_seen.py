"""Descriptions of heads, eyes, skins, cells and of how images are made, in words that the concept files do not have."""

import pytest

from faithlens.contradiction.lexicon import lexicon
from faithlens.contradiction.tokens import tokens

SHOWN = """
subdural_hematoma: A white sickle lies along the inside of the whole left half of the skull
subdural_hematoma: The blood does not care about the sutures and spreads over the entire hemisphere like a rind
epidural_hematoma: A dense lentil has formed between the bone and the brain and it halts at the coronal suture
epidural_hematoma: The dura has been peeled from the inner table by arterial blood
subarachnoid_hemorrhage: Around the base of the brain it should be black but the cisterns shine like a white star
subarachnoid_hemorrhage: Blood fills the furrows between the gyri
intracerebral_hemorrhage: There is a chalky white egg deep in the left thalamus
intraventricular_hemorrhage: A bright sediment has settled in the back of the ventricles
acute_infarct: On diffusion a wedge of cortex in the middle cerebral territory lights up
acute_infarct: The insular ribbon on the right can no longer be told from the white matter next to it
chronic_infarct: Where there was brain is now a hole filled with water, and the ventricle has been drawn towards it
lacunar_infarct: A little hole the size of a lentil sits in the internal capsule
white_matter_changes: Scattered bright specks freckle the deep white matter on both sides in this pensioner
glioblastoma: The ring is ragged and thick and its inside looks dead
glioblastoma: It has grown through the corpus callosum to the other side like butterfly wings
meningioma: A ball with a broad foot on the dura dents the cortex and takes up dye evenly
meningioma: There is a thin moat of csf between the lump and the brain
pituitary_tumor: Something round has outgrown the sella and lifts the chiasm
vestibular_schwannoma: An ice cream cone sticks out of the internal auditory canal
brain_metastasis: Four little balls that light up sit where the grey meets the white, each with lots of swelling
brain_abscess: A thin even rim encloses a core that is bright on diffusion
multiple_sclerosis: Little ovals stand at right angles to the ventricles
hydrocephalus: The brain's inner water chambers are blown up like balloons
atrophy: The furrows gape and the gyri have become thin
alzheimer: The hippocampi have withered on both sides
frontotemporal_dementia: Both frontal poles are cold and the tips of the temporal lobes too
chiari: The tonsils dangle through the foramen magnum like two pegs
midline_shift: The septum has been pushed over to the left by eight millimetres
skull_fracture: A sharp dark line splits the parietal bone and does not follow a suture
vein_thrombosis_brain: The sagittal sinus has a dark triangle in its middle instead of contrast
brain_aneurysm: From the fork of the middle cerebral artery hangs a little berry
brain_avm: A can of worms with veins that fill far too early
diabetic_retinopathy: Red dots and yellow waxy flecks are sprinkled over the fundus
glaucoma: The cup takes up nearly the whole disc
papilledema: The edges of the disc are smudged and its head is heaped up
macular_degeneration: Crumbly yellow spots lie beneath the macula of this grandmother
retinal_detachment: A grey fold of retina floats in the vitreous
cataract: Behind the pupil the lens is like milk glass and grey
retinal_artery_occlusion: The retina is milky pale but for a cherry in the middle
thyroid_orbitopathy: The bellies of the rectus muscles are fat but their tendons are slender
orbital_fracture: A drop of orbital fat hangs through the floor into the antrum
cholesteatoma: The scutum is blunted and a lump of soft tissue fills the attic
mastoiditis: The honeycomb behind the ear is full of fluid
sinusitis: A waterline runs across the left cheek cavity
septal_deviation: The wall between the nostrils leans to the right
dental_abscess: A dark bubble hugs the tip of the molar's root
impacted_tooth: The wisdom tooth lies on its side against its neighbour and cannot come out
carious_tooth: A dark bite has been taken from the enamel of the second premolar
periodontitis: The bone between the teeth has receded by half of the root
mandible_fracture: A crack runs through the lower jaw and there is a step in the row of teeth
thyroglossal_cyst: In the middle of the neck a bag of fluid goes up when the tongue is put out
hot_nodule: The knot grabs all the tracer and the rest of the gland is mute
cold_nodule: Where the lump can be felt the scan has a hole without tracer
leukemia: The smear is crowded with large immature white cells with prominent nucleoli
malaria: Delicate rings sit inside the red cells
sickle_cell: Some red cells are bent like sickles
iron_deficiency: The erythrocytes are small and pale
granulomatous_inflammation: Epithelioid cells form little balls around cheesy necrosis
squamous_cell_carcinoma: Pink cells make concentric keratin whorls
adenocarcinoma: Irregular glands full of mucin creep through the stroma
small_cell: Small blue cells with hardly any cytoplasm and nuclei pressed into each other
melanoma: The mole has several colours and a notched border
nevus: It is a round spot of the same brown throughout
basal_cell_carcinoma: A pearly bump with tree-like vessels on the nose
psoriasis: Thick silvery scale covers the elbows
eczema: The creases of the elbows are red and itchy
tinea: A ring with a scaly raised border that clears in the middle
seborrheic_keratosis: It looks like a dab of wax stuck on the skin
erythema_migrans: After a tick bite a red ring grows outward
xray: Everything is thrown on one flat picture, ribs over heart over spine
ct: The skull is a bright white ring around grey contents in this slice
mri: The compact bone is black while the marrow and the fat beneath the skin shine
ultrasound: A grainy grey fan spreads from the top of the picture
pet: Brain and bladder glow because they hoard the radioactive sugar
bone_scan: Two ghostly skeletons, front and back, with tracer in the joints
mammography: The gland was squeezed between two plates and the nipple is in profile
endoscopy: A wet pink tunnel with light reflections on the folds
fluoroscopy: White paste runs down the gullet in a moving x-ray
angiography: Only the vessels are left after the bones were subtracted
fundus_photography: An orange disc with branching vessels that spring from a bright yellow spot
oct: Striped layers with a dip in the middle that is the fovea
microscopy: Purple nuclei in pink cytoplasm under high magnification
dermoscopy: The mole has been magnified so that the pigment network is visible
ecg: Jagged lines run over pink squared paper
t1: The csf is black and the white matter is lighter than the grey
t2: The ventricles gleam like lamps
flair: The water signal has been nulled so that only the plaques are bright
stir: The fat has been knocked out and the marrow edema glows
gradient_echo: Old blood is exaggerated as black dots on this sequence
axial: The trunk has been sliced like a salami
coronal: The cut runs from ear to ear
sagittal: The nose points to the left and the whole callosum is seen as an arch
pa_view: The shoulder blades have been swung off the lungs
ap_view: The shoulder blades overlie the lungs of this man in bed
lateral_view: The breastbone is at the front edge and the spine at the back edge
arterial_phase: The spleen is striped like a zebra
portal_venous: The veins of the liver are filled and bright
delayed_phase: The ureters are white with excreted dye
contrast_given: The aorta is far whiter than the muscle
noncontrast: The aorta is as grey as muscle, nothing was injected
lung_window: Every twig of the lung vessels is seen and the heart is one white blob
bone_window: The trabeculae are crisp while the brain is grey mush
motion_artifact: The contours are doubled because the child wriggled
metal_artifact: Rays shoot out from the fillings
beam_hardening: A dark bar joins the two petrous bones
ring_artifact: Perfect circles around the centre of rotation
rotated: One collarbone end is much nearer to the spinous process than the other
kidney: Two beans lie on either side of the spine with a bright centre
liver: A big wedge of tissue beneath the right diaphragm with branching veins
spleen: A crescent under the left ribs next to the stomach
pancreas: A tadpole lies across the spine in front of the splenic vein
gallbladder: A little pear hangs on the underside of the liver full of bile
bladder: A balloon full of urine behind the pubic bone
thyroid: A butterfly sits astride the windpipe
brain: A walnut of folds fills the skull
heart: The fist-sized pump lies between the lungs
adrenal: An upside-down Y sits on top of the kidney
occipital_lobe: It lies at the very back of the brain, where sight is processed
frontal_lobe: The lump sits right behind the forehead in the brain
microaneurysms: A few tiny red dots are scattered in the retina
cotton_wool_spots: Two fluffy white clouds near the upper arcade
neutrophil: Its nucleus has three lobes joined by threads
metaphase: The chromosomes are lined up in a single row at the equator
giardia: A pear-shaped body with two eyes looks back from the stool
low_grade_glioma: One gyrus is plump and T2 bright and takes up no contrast
pneumocephalus: Black bubbles float over the frontal poles inside the vault
conjunctivitis: A gummed eye with sticky lids
susceptibility_artifact: The picture is warped around the braces
colonoscopy: The camera went up through the anus
thermography: An infrared camera has turned heat into colours
brain_pathology: A ball with a broad foot on the dura dents the gyri
skin_pathology: Thick silvery scale covers the elbows
chronic: The horn has been pulled over to a hole filled with csf
extraaxial: A moat of csf runs between the lump and the gyri
severe: Only a thin mantle of brain remains
"""
SPOKEN_AGAINST = """
subdural_hematoma: The collection is biconvex towards the dura
epidural_hematoma: Dense blood crosses the suture line and the skull seam alike
subarachnoid_hemorrhage: The cisterns are black from the base up
acute_infarct: The diffusion images are silent
hydrocephalus: The horns are slender
atrophy: The sulci are tight
vestibular_schwannoma: Both auditory canals are empty but for their nerves
papilledema: The disc margin is crisp all the way round
glaucoma: The cup is small and shallow
retinal_detachment: The retina is flush with the wall
cholesteatoma: The scutum is pointed and sharp
mastoiditis: The mastoids are full of air and well aerated
sinusitis: Both antra are black with nothing but air
septal_deviation: The nasal partition and septum run straight
carious_tooth: The enamel is sound and continuous
goiter: The thyroid is slim
iron_deficiency: The erythrocytes are of normal size
t1: The ventricles are white
t2: The cerebrospinal fluid is pitch black
flair: Spinal fluid is bright
pa_view: The scapulae overlap the outer lung
contrast_given: The vessels are as grey as muscle
mri: The bone is the whitest ring of the slice and bright
xray: A slice through the body
"""
HEALTHY = """
Both hemispheres are of equal size and the ventricles are slim
The sulci are of normal width and the grey-white border is sharp
The pituitary measures 6 mm and the stalk is in the middle
The sinuses are black with air and their mucosa is thin
The middle ears and mastoids are well aerated
The optic disc has a sharp margin and a small cup
The macula shows its normal reflex and the vessels have a normal course
The lens is clear and the cornea is smooth
The teeth are complete and their roots are well covered by bone
The thyroid is of normal size with an even texture
The parotid glands are symmetrical without a mass
Lymph nodes of normal size with a fatty hilum
The bright signal of the fat is normal and the muscles are grey
The red cells are round with a pale centre of a third of their diameter
The glands are regular and their nuclei lie at the base
The epidermis is thin and the collagen of the dermis is wavy
The mole is small, round and brown
The lungs are black and their vessels reach the periphery
The heart lies in the middle of the chest with its apex to the left
The liver is large enough to fill the right upper belly and has smooth edges
The bladder is full and has a thin wall
The kidney has a bright sinus and a grey cortex
The bone is white and the marrow is darker
The image shows a cross-section of the head at the level of the ventricles
The scan was taken after the injection of contrast and the aorta is bright
The patient lies on the back and the arms are raised
The eyes are symmetrical and the eye muscles are thin
The jaw is complete and the joint heads sit in their sockets
The spinal cord runs in the middle of the canal and has an even signal
There is a dark band of cartilage and a bright line of fluid
The brain fills the skull and nothing pushes on it
Grey matter and white matter can be told apart everywhere
The corpus callosum has an arch form and normal thickness
The temporal lobes and the hippocampi are plump on both sides
The basal ganglia are symmetrical and have their normal density
Around the fourth ventricle I see nothing
The trachea is in the middle and its walls are thin
The film is sharp and the patient was not rotated
The skin is thin and the fat beneath is even
"""


def table(lines: str) -> list[tuple[str, str]]:
    return [(concept, text) for concept, _, text in (line.partition(": ") for line in lines.strip().splitlines())]


def senses(text: str, concept: str) -> set[str]:
    """How a text speaks of a concept: by its name, by a sign, or against it; a more special one counts too."""
    known = lexicon()
    return {hit.sense for hit in known.hits(tokens(text)) if known.distance(hit.concept, concept) is not None}


@pytest.mark.parametrize(("concept", "text"), table(SHOWN))
def test_a_description_shows_what_it_does_not_name(concept: str, text: str):
    assert senses(text, concept) - {"against"}


@pytest.mark.parametrize(("concept", "text"), table(SPOKEN_AGAINST))
def test_health_speaks_against_a_finding(concept: str, text: str):
    assert senses(text, concept) == {"against"}


@pytest.mark.parametrize("text", HEALTHY.strip().splitlines())
def test_healthy_anatomy_shows_no_disease(text: str):
    known = lexicon()
    shown = {hit.concept for hit in known.hits(tokens(text)) if hit.sense == "sign"}
    assert not {one for one in shown if known.kind(one) == "finding" and "normal" not in known.above[one]}
