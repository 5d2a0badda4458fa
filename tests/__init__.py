"The tests of the course; conftest.py says what all of them share."
