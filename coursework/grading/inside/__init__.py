"""What runs in the box, beside the submission. Nothing here knows an answer, a seed or a score.

These files are copied into the box (see `coursework.grading.kit`), where a few of the course's own
modules are beside them and no others. All of it is the submission's to change once that runs:
whatever is said from here is taken for the submission's own words.
"""
