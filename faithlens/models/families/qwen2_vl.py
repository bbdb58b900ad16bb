"""Qwen2-VL: MedVLM-R1, Med-R1, ChestX-Reasoner."""

from faithlens.models.family import Family

FAMILY = Family(
    model_type="qwen2_vl",
    architecture="Qwen2VLForConditionalGeneration",
    image_processor="Qwen2VLImageProcessorPil",
    default_system="You are a helpful assistant.",
    known=("JZPeterPan/MedVLM-R1", "yuxianglai117/Med-R1", "byrLLCC/ChestX-Reasoner"),
)
