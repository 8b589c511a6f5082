"""NHN Cloud: KakaoTalk Bizmessage v2.3 and SMS v3.0."""
