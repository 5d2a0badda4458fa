"Labs of the chapter on measurement bias."
