from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CAPABILITY_IMPORT_ONLY: Capability
CAPABILITY_OUT_OF_BAND: Capability
CAPABILITY_THREE_LEGGED: Capability
CAPABILITY_TOKEN_EXCHANGE_ONLY: Capability
CAPABILITY_TWO_LEGGED: Capability
CAPABILITY_UNSPECIFIED: Capability
CAPABILITY_XAUTH: Capability
DESCRIPTOR: _descriptor.FileDescriptor
ERROR_REASON_ALREADY_COMPLETED: ErrorReason
ERROR_REASON_AUDIT_UNAVAILABLE: ErrorReason
ERROR_REASON_BAD_TOKEN_RESPONSE: ErrorReason
ERROR_REASON_BINDING_MISMATCH: ErrorReason
ERROR_REASON_CALLBACK_NOT_CONFIRMED: ErrorReason
ERROR_REASON_CALLER_NOT_ALLOWED: ErrorReason
ERROR_REASON_CALLER_UNKNOWN: ErrorReason
ERROR_REASON_CONSUMER_REJECTED: ErrorReason
ERROR_REASON_DEADLINE: ErrorReason
ERROR_REASON_DESTINATION_DENIED: ErrorReason
ERROR_REASON_EXCHANGE_IN_PROGRESS: ErrorReason
ERROR_REASON_FLOW_NOT_FOUND: ErrorReason
ERROR_REASON_INTERNAL: ErrorReason
ERROR_REASON_INVALID_REQUEST: ErrorReason
ERROR_REASON_KEY_NOT_LOADED: ErrorReason
ERROR_REASON_OUTCOME_UNKNOWN: ErrorReason
ERROR_REASON_OVERLOADED: ErrorReason
ERROR_REASON_PROVIDER_BUSY: ErrorReason
ERROR_REASON_PROVIDER_NOT_FOUND: ErrorReason
ERROR_REASON_PROVIDER_REJECTED: ErrorReason
ERROR_REASON_PROVIDER_UNREACHABLE: ErrorReason
ERROR_REASON_QUOTA_EXCEEDED: ErrorReason
ERROR_REASON_RECORD_INVALID: ErrorReason
ERROR_REASON_RESPONSE_TOO_LARGE: ErrorReason
ERROR_REASON_STORE_FULL: ErrorReason
ERROR_REASON_STORE_UNAVAILABLE: ErrorReason
ERROR_REASON_TOKEN_EXPIRED: ErrorReason
ERROR_REASON_TOKEN_INVALID: ErrorReason
ERROR_REASON_TOKEN_MISMATCH: ErrorReason
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_USER_DENIED: ErrorReason
PARAMETER_ORIGIN_FORM: ParameterOrigin
PARAMETER_ORIGIN_PROTOCOL: ParameterOrigin
PARAMETER_ORIGIN_QUERY: ParameterOrigin
PARAMETER_ORIGIN_UNSPECIFIED: ParameterOrigin
PARAMETER_ORIGIN_URL: ParameterOrigin

class Application(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class BaseStringDifference(_message.Message):
    __slots__ = ["caret", "description", "offset", "ours", "theirs"]
    CARET_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    OURS_FIELD_NUMBER: _ClassVar[int]
    THEIRS_FIELD_NUMBER: _ClassVar[int]
    caret: str
    description: str
    offset: int
    ours: str
    theirs: str
    def __init__(self, offset: _Optional[int] = ..., description: _Optional[str] = ..., ours: _Optional[str] = ..., theirs: _Optional[str] = ..., caret: _Optional[str] = ...) -> None: ...

class BindingCookie(_message.Message):
    __slots__ = ["max_age", "name", "value"]
    MAX_AGE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    max_age: _duration_pb2.Duration
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., max_age: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CallbackValues(_message.Message):
    __slots__ = ["oauth_token", "oauth_verifier", "state"]
    OAUTH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OAUTH_VERIFIER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    oauth_token: str
    oauth_verifier: str
    state: str
    def __init__(self, state: _Optional[str] = ..., oauth_token: _Optional[str] = ..., oauth_verifier: _Optional[str] = ...) -> None: ...

class CompleteAuthorizationRequest(_message.Message):
    __slots__ = ["binding_cookies", "callback_query", "callback_values", "provider"]
    BINDING_COOKIES_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_QUERY_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_VALUES_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    binding_cookies: _containers.RepeatedCompositeFieldContainer[BindingCookie]
    callback_query: str
    callback_values: CallbackValues
    provider: str
    def __init__(self, provider: _Optional[str] = ..., callback_query: _Optional[str] = ..., callback_values: _Optional[_Union[CallbackValues, _Mapping]] = ..., binding_cookies: _Optional[_Iterable[_Union[BindingCookie, _Mapping]]] = ...) -> None: ...

class CompleteAuthorizationResponse(_message.Message):
    __slots__ = ["access_token", "app_state", "expire_time", "parameters", "provider", "provider_token", "spent_cookie_name"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    APP_STATE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SPENT_COOKIE_NAME_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    app_state: bytes
    expire_time: _timestamp_pb2.Timestamp
    parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    provider: str
    provider_token: ProviderToken
    spent_cookie_name: str
    def __init__(self, access_token: _Optional[str] = ..., provider: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., app_state: _Optional[bytes] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., spent_cookie_name: _Optional[str] = ..., provider_token: _Optional[_Union[ProviderToken, _Mapping]] = ...) -> None: ...

class ExplainSignatureRequest(_message.Message):
    __slots__ = ["nonce", "provider_base_string", "request", "timestamp"]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_BASE_STRING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    nonce: str
    provider_base_string: str
    request: SignedRequestRequest
    timestamp: str
    def __init__(self, request: _Optional[_Union[SignedRequestRequest, _Mapping]] = ..., timestamp: _Optional[str] = ..., nonce: _Optional[str] = ..., provider_base_string: _Optional[str] = ...) -> None: ...

class ExplainSignatureResponse(_message.Message):
    __slots__ = ["authorization_header", "difference", "identical", "parameters", "placement", "signature_base_string", "signature_method", "url"]
    AUTHORIZATION_HEADER_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    IDENTICAL_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PLACEMENT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_BASE_STRING_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_METHOD_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    authorization_header: str
    difference: BaseStringDifference
    identical: bool
    parameters: _containers.RepeatedCompositeFieldContainer[NormalizedParameter]
    placement: str
    signature_base_string: str
    signature_method: str
    url: str
    def __init__(self, signature_base_string: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[NormalizedParameter, _Mapping]]] = ..., authorization_header: _Optional[str] = ..., url: _Optional[str] = ..., signature_method: _Optional[str] = ..., placement: _Optional[str] = ..., difference: _Optional[_Union[BaseStringDifference, _Mapping]] = ..., identical: bool = ...) -> None: ...

class FlowFailure(_message.Message):
    __slots__ = ["app_state"]
    APP_STATE_FIELD_NUMBER: _ClassVar[int]
    app_state: bytes
    def __init__(self, app_state: _Optional[bytes] = ...) -> None: ...

class Form(_message.Message):
    __slots__ = ["fields"]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedCompositeFieldContainer[Parameter]
    def __init__(self, fields: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ["name", "value"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: bytes
    def __init__(self, name: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class HttpAnswer(_message.Message):
    __slots__ = ["body", "headers", "status_code"]
    BODY_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    STATUS_CODE_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    headers: _containers.RepeatedCompositeFieldContainer[Header]
    status_code: int
    def __init__(self, status_code: _Optional[int] = ..., headers: _Optional[_Iterable[_Union[Header, _Mapping]]] = ..., body: _Optional[bytes] = ...) -> None: ...

class HttpCall(_message.Message):
    __slots__ = ["body", "content_length", "content_type", "form", "headers", "method", "multipart", "query", "url"]
    BODY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_LENGTH_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    MULTIPART_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    body: bytes
    content_length: int
    content_type: str
    form: Form
    headers: _containers.RepeatedCompositeFieldContainer[Header]
    method: str
    multipart: Multipart
    query: _containers.RepeatedCompositeFieldContainer[Parameter]
    url: str
    def __init__(self, method: _Optional[str] = ..., url: _Optional[str] = ..., query: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., headers: _Optional[_Iterable[_Union[Header, _Mapping]]] = ..., body: _Optional[bytes] = ..., form: _Optional[_Union[Form, _Mapping]] = ..., multipart: _Optional[_Union[Multipart, _Mapping]] = ..., content_type: _Optional[str] = ..., content_length: _Optional[int] = ...) -> None: ...

class ImportAccessTokenRequest(_message.Message):
    __slots__ = ["consumer", "password_login", "provider", "provider_parameters", "provider_token"]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_LOGIN_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_TOKEN_FIELD_NUMBER: _ClassVar[int]
    consumer: str
    password_login: PasswordLogin
    provider: str
    provider_parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    provider_token: ProviderToken
    def __init__(self, provider: _Optional[str] = ..., consumer: _Optional[str] = ..., provider_parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., provider_token: _Optional[_Union[ProviderToken, _Mapping]] = ..., password_login: _Optional[_Union[PasswordLogin, _Mapping]] = ...) -> None: ...

class ImportAccessTokenResponse(_message.Message):
    __slots__ = ["access_token", "expire_time", "parameters"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    expire_time: _timestamp_pb2.Timestamp
    parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    def __init__(self, access_token: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListProvidersRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListProvidersResponse(_message.Message):
    __slots__ = ["providers"]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[Provider]
    def __init__(self, providers: _Optional[_Iterable[_Union[Provider, _Mapping]]] = ...) -> None: ...

class Multipart(_message.Message):
    __slots__ = ["parts"]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[Part]
    def __init__(self, parts: _Optional[_Iterable[_Union[Part, _Mapping]]] = ...) -> None: ...

class NormalizedParameter(_message.Message):
    __slots__ = ["name", "origin", "value"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    origin: ParameterOrigin
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., origin: _Optional[_Union[ParameterOrigin, str]] = ...) -> None: ...

class Parameter(_message.Message):
    __slots__ = ["name", "raw_value", "value"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RAW_VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    raw_value: bytes
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., raw_value: _Optional[bytes] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ["content_type", "data", "filename", "name"]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FILENAME_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    data: bytes
    filename: str
    name: str
    def __init__(self, name: _Optional[str] = ..., filename: _Optional[str] = ..., content_type: _Optional[str] = ..., data: _Optional[bytes] = ...) -> None: ...

class PasswordLogin(_message.Message):
    __slots__ = ["password", "username"]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    password: str
    username: str
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ...) -> None: ...

class Provider(_message.Message):
    __slots__ = ["capabilities", "consumers", "icon_hint", "name", "parameters", "sunset_date", "title"]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    CONSUMERS_FIELD_NUMBER: _ClassVar[int]
    ICON_HINT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    SUNSET_DATE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    capabilities: _containers.RepeatedScalarFieldContainer[Capability]
    consumers: _containers.RepeatedScalarFieldContainer[str]
    icon_hint: str
    name: str
    parameters: _containers.RepeatedCompositeFieldContainer[ProviderParameter]
    sunset_date: str
    title: str
    def __init__(self, name: _Optional[str] = ..., title: _Optional[str] = ..., icon_hint: _Optional[str] = ..., capabilities: _Optional[_Iterable[_Union[Capability, str]]] = ..., sunset_date: _Optional[str] = ..., consumers: _Optional[_Iterable[str]] = ..., parameters: _Optional[_Iterable[_Union[ProviderParameter, _Mapping]]] = ...) -> None: ...

class ProviderParameter(_message.Message):
    __slots__ = ["description", "name", "pattern"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    description: str
    name: str
    pattern: str
    def __init__(self, name: _Optional[str] = ..., pattern: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class ProviderProblem(_message.Message):
    __slots__ = ["advice", "problem"]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    advice: str
    problem: str
    def __init__(self, problem: _Optional[str] = ..., advice: _Optional[str] = ...) -> None: ...

class ProviderToken(_message.Message):
    __slots__ = ["token", "token_secret"]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_SECRET_FIELD_NUMBER: _ClassVar[int]
    token: str
    token_secret: str
    def __init__(self, token: _Optional[str] = ..., token_secret: _Optional[str] = ...) -> None: ...

class RefreshAccessTokenRequest(_message.Message):
    __slots__ = ["access_token"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    def __init__(self, access_token: _Optional[str] = ...) -> None: ...

class RefreshAccessTokenResponse(_message.Message):
    __slots__ = ["access_token", "expire_time", "parameters"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    expire_time: _timestamp_pb2.Timestamp
    parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    def __init__(self, access_token: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RenewedToken(_message.Message):
    __slots__ = ["access_token"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    def __init__(self, access_token: _Optional[str] = ...) -> None: ...

class RevokeAccessTokenRequest(_message.Message):
    __slots__ = ["access_token"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    def __init__(self, access_token: _Optional[str] = ...) -> None: ...

class RevokeAccessTokenResponse(_message.Message):
    __slots__ = ["provider_revoked"]
    PROVIDER_REVOKED_FIELD_NUMBER: _ClassVar[int]
    provider_revoked: bool
    def __init__(self, provider_revoked: bool = ...) -> None: ...

class RewrapAccessTokenRequest(_message.Message):
    __slots__ = ["access_token"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    def __init__(self, access_token: _Optional[str] = ...) -> None: ...

class RewrapAccessTokenResponse(_message.Message):
    __slots__ = ["access_token"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    def __init__(self, access_token: _Optional[str] = ...) -> None: ...

class SignedRequestRequest(_message.Message):
    __slots__ = ["access_token", "application", "call", "consumer", "provider", "provider_parameters", "provider_token", "timeout"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    application: Application
    call: HttpCall
    consumer: str
    provider: str
    provider_parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    provider_token: ProviderToken
    timeout: _duration_pb2.Duration
    def __init__(self, provider: _Optional[str] = ..., access_token: _Optional[str] = ..., provider_token: _Optional[_Union[ProviderToken, _Mapping]] = ..., application: _Optional[_Union[Application, _Mapping]] = ..., consumer: _Optional[str] = ..., provider_parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., call: _Optional[_Union[HttpCall, _Mapping]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SignedRequestResponse(_message.Message):
    __slots__ = ["answer", "provider_problem", "replacement_access_token", "token_rejected"]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_REJECTED_FIELD_NUMBER: _ClassVar[int]
    answer: HttpAnswer
    provider_problem: ProviderProblem
    replacement_access_token: str
    token_rejected: bool
    def __init__(self, answer: _Optional[_Union[HttpAnswer, _Mapping]] = ..., provider_problem: _Optional[_Union[ProviderProblem, _Mapping]] = ..., token_rejected: bool = ..., replacement_access_token: _Optional[str] = ...) -> None: ...

class StartAuthorizationRequest(_message.Message):
    __slots__ = ["app_state", "authorize_parameters", "callback_url", "consumer", "provider", "provider_parameters", "request_token_parameters"]
    APP_STATE_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZE_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TOKEN_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    app_state: bytes
    authorize_parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    callback_url: str
    consumer: str
    provider: str
    provider_parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    request_token_parameters: _containers.RepeatedCompositeFieldContainer[Parameter]
    def __init__(self, provider: _Optional[str] = ..., consumer: _Optional[str] = ..., callback_url: _Optional[str] = ..., authorize_parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., request_token_parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., provider_parameters: _Optional[_Iterable[_Union[Parameter, _Mapping]]] = ..., app_state: _Optional[bytes] = ...) -> None: ...

class StartAuthorizationResponse(_message.Message):
    __slots__ = ["binding_cookie", "expire_time", "redirect_url", "state"]
    BINDING_COOKIE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REDIRECT_URL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    binding_cookie: BindingCookie
    expire_time: _timestamp_pb2.Timestamp
    redirect_url: str
    state: str
    def __init__(self, redirect_url: _Optional[str] = ..., state: _Optional[str] = ..., binding_cookie: _Optional[_Union[BindingCookie, _Mapping]] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StreamEnd(_message.Message):
    __slots__ = ["provider_problem", "replacement_access_token", "token_rejected"]
    PROVIDER_PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_REJECTED_FIELD_NUMBER: _ClassVar[int]
    provider_problem: ProviderProblem
    replacement_access_token: str
    token_rejected: bool
    def __init__(self, provider_problem: _Optional[_Union[ProviderProblem, _Mapping]] = ..., token_rejected: bool = ..., replacement_access_token: _Optional[str] = ...) -> None: ...

class StreamSignedRequestRequest(_message.Message):
    __slots__ = ["chunk", "end", "head"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    end: StreamEnd
    head: SignedRequestRequest
    def __init__(self, head: _Optional[_Union[SignedRequestRequest, _Mapping]] = ..., chunk: _Optional[bytes] = ..., end: _Optional[_Union[StreamEnd, _Mapping]] = ...) -> None: ...

class StreamSignedRequestResponse(_message.Message):
    __slots__ = ["chunk", "end", "head"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    end: StreamEnd
    head: HttpAnswer
    def __init__(self, head: _Optional[_Union[HttpAnswer, _Mapping]] = ..., chunk: _Optional[bytes] = ..., end: _Optional[_Union[StreamEnd, _Mapping]] = ...) -> None: ...

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ParameterOrigin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Capability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
