"""Qwen3-VL: MediX-R1. DeepStack adds image features to the first decoder layers too, not only to the embeddings."""

from faithlens.models.family import Family

FAMILY = Family(
    model_type="qwen3_vl",
    architecture="Qwen3VLForConditionalGeneration",
    image_processor="Qwen2VLImageProcessorPil",
    default_system=None,
    known=("MBZUAI/MediX-R1-2B", "MBZUAI/MediX-R1-8B"),
)
