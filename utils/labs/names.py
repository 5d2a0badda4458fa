"Which module holds each lab, so that a chapter loads only those that it shows."
NAMES = {}
