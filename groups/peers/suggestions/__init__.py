"""Groups that staff suggest to the people of a cohort."""
