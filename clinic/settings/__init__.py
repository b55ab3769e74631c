"""What the clinic sets in clinic.yml and what the machine sets in the environment."""

from clinic.settings.clinic_file import (
    BookingRules,
    ClinicSettings,
    HolidayRules,
    OpeningHours,
    Practitioner,
    PrivacyRules,
    SettingsError,
    VisitType,
    load_clinic,
)
from clinic.settings.environment import Settings, get_settings, load_settings, reset_settings

__all__ = [
    "BookingRules",
    "ClinicSettings",
    "HolidayRules",
    "OpeningHours",
    "Practitioner",
    "PrivacyRules",
    "Settings",
    "SettingsError",
    "VisitType",
    "get_settings",
    "load_clinic",
    "load_settings",
    "reset_settings",
]
