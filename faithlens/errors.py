"""What can go wrong, as a map: everything here is something that the user can fix.

FaithlensError            the command line prints `faithlens: …` and exits with 2
├── CasesError            a file of cases cannot be read as cases at all
├── ImageError            one image is missing, broken or outside the image folder
├── CheckpointError       a checkpoint cannot be loaded safely, or is of an unknown family
│   └── SelfTestError     it loads, but does not do what an audit relies on
├── PromptError           a prompt template or a question cannot be rendered
├── RunError              a run folder is half-written, of another audit, or of another format
├── ReviewError           a review set, its key, its form or a file of ratings cannot be used
└── SettingsError         options that do not go together, an unknown probe, suite or device

Anything else that is raised is a fault of faithlens and keeps its traceback.
"""


class FaithlensError(Exception):
    """What was given; what is expected; what to do."""


class CasesError(FaithlensError):
    """A file of cases or replies cannot be read as such."""


class ImageError(FaithlensError):
    """One image is missing, broken, unsupported or outside the image folder."""


class CheckpointError(FaithlensError):
    """A checkpoint cannot be loaded safely, or belongs to an unknown family."""


class SelfTestError(CheckpointError):
    """A checkpoint loads, but fails one of the checks that every audit rests on."""


class PromptError(FaithlensError):
    """A prompt template or a question cannot be rendered."""


class RunError(FaithlensError):
    """A run folder is incomplete, of another audit, or of an unknown format."""


class ReviewError(FaithlensError):
    """A review set, its key, its form or a file of ratings cannot be used, or they do not belong together."""


class SettingsError(FaithlensError):
    """Options that do not go together, or a name that does not exist."""
