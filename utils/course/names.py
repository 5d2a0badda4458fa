"Which module holds each name that a reader may use, so that none is loaded before it is used."
NAMES = dict(
    setup='session', pick='session', is_quick='session', guess='guesses', reveal='guesses',
    checkpoint='quizzes', quiz='quizzes', check='checking', hint='hints', my_progress='overview',
    gv='diagrams', draw_graph='diagrams')
