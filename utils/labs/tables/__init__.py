"Labs of the chapter on tables: what a column becomes; and its figures."
from .column_doctor import column_doctor_lab
from .figures import draw_columns, draw_embedding, draw_judges

__all__ = ['column_doctor_lab', 'draw_columns', 'draw_embedding', 'draw_judges']
