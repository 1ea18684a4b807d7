"""Groups that staff suggest to a cohort."""
