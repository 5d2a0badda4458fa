"Which module holds each lab, so that a chapter loads only those that it shows."
from pathlib import Path

_HERE = Path(__file__).parent
NAMES = dict(Lab='base', DrawingPad='pad')
NAMES |= {f'{file.stem}_lab': f'{file.parent.name}.{file.stem}'
          for file in sorted(_HERE.glob('*/*.py'))
          if f'\ndef {file.stem}_lab(' in file.read_text('utf-8')}
