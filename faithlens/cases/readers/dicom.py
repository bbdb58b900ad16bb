"""A folder of DICOM files with a CSV about them: the plain table, with the DICOM file in the column `file`.

file,question,options,key
ID_0000_AGE_0060_CONTRAST_1_CT.dcm,Was contrast given?,Yes|No,A

The modality comes from the DICOM file where the table has none. Pixels: see `faithlens.cases.dicom_pixels`.
"""

from faithlens.cases.drafts import Draft
from faithlens.cases.fields import Record, texts
from faithlens.cases.reader import Reader
from faithlens.cases.readers.table import plain


def _draft(record: Record) -> Draft:
    return plain(record, texts(record.get("file"), "file"))


READER = Reader(
    name="dicom",
    about="a folder of DICOM files with a CSV: file, question, options, key, and the other columns of a table",
    needs=(frozenset({"file", "question"}),),
    draft=_draft,
    ids=("id",),
    specimen={"file": "chest/slice.dcm", "question": "Was contrast given?", "options": "Yes|No", "key": "A"},
    any_capitals=True,
)
