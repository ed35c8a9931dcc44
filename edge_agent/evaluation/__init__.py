"""How right the counts are: measured on recordings whose truth is known, beside what others use."""
