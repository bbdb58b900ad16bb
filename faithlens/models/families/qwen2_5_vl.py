"""Qwen2.5-VL: MedVLThinker, QoQ-Med, Lingshu. Its vision tower attends in windows and returns raster order."""

from faithlens.models.family import Family

FAMILY = Family(
    model_type="qwen2_5_vl",
    architecture="Qwen2_5_VLForConditionalGeneration",
    image_processor="Qwen2VLImageProcessorPil",
    default_system="You are a helpful assistant.",
    known=("UCSC-VLAA/MedVLThinker", "ddvd233/QoQ-Med-VL-7B", "lingshu-medical-mllm/Lingshu-7B"),
)
