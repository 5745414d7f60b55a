"""Read the text in a picture."""

from pydantic import Field

from generations.adapters.base import Call
from generations.adapters.local import Artifact, LocalTool, Values, register


class Inputs(Values):
    image: Artifact
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Lines that are less certain are left out."
    )


class TextLine(Values):
    text: str
    confidence: float
    left: float = Field(description="In fractions of the picture's width, like `width`.")
    top: float = Field(description="In fractions of the picture's height, like `height`.")
    width: float
    height: float


class Outputs(Values):
    text: str = Field(description="The lines from the top down; empty when there is none.")
    lines: list[TextLine]
    complete: bool = Field(
        description="False when there are more than the 150 lines that are read."
    )


@register
class ReadText(LocalTool[Inputs, Outputs]):
    """Read the text in a picture (OCR): Latin letters, digits and Chinese characters.

    Pictures of more than 1600 pixels a side are read at that size.
    """

    key, title = "image.read_text", "Read text"
    isolation = "process"
    deadline_s = 300
    memory_mib = 1536
    requires = ("cv2", "numpy", "onnxruntime", "PIL", "rapidocr_onnxruntime")
    example = Inputs(image="${{ steps.art.image }}")

    def run(self, inputs: Inputs, call: Call) -> Outputs:
        from generations.adapters.local.drawing.pictures import flat, open_picture  # noqa: PLC0415
        from generations.adapters.local.drawing.reading import MAX_LINES, Reader  # noqa: PLC0415

        reader = Reader(flat(open_picture(call, inputs.image), "#ffffff"))
        found = min(len(reader.corners), MAX_LINES)
        lines: list[TextLine] = []
        for number, line in enumerate(reader.lines(), start=1):
            call.progress(number / found, f"read {number} of {found} lines")
            if line.text.strip() and line.confidence >= inputs.min_confidence:
                lines.append(TextLine(**vars(line)))
        text = "\n".join(line.text for line in lines)
        return Outputs(text=text, lines=lines, complete=len(reader.corners) <= MAX_LINES)
