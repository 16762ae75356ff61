"""How a stranger's file comes in: in memory, one, of the size we take, and never under a name that walks the disk."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParser

from activities.services.diplomas import MAX_BYTES, TOO_HEAVY

FIELD = "certificate"
PATH_IN_NAME = "Le nom de ce fichier contient un chemin. Renommez-le, puis joignez-le à nouveau."


class _Parser(MultiPartParser):
    """Django's, which cuts a path off the name in silence; here it is noticed first."""

    def __init__(self, *args, on_path):
        super().__init__(*args)
        self.on_path = on_path

    def sanitize_file_name(self, file_name):
        if "/" in file_name or "\\" in file_name:
            self.on_path()
        return super().sanitize_file_name(file_name)


class _MemoryHandler(FileUploadHandler):
    """Keeps the first certificate in memory; lets the rest of one that is too large run by without keeping it."""

    def __init__(self, outer):
        super().__init__(outer.request)
        self.outer = outer
        self.taken = False

    def new_file(self, field_name, *args, **kwargs):
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self.taken or self.outer.refusal:
            raise SkipFile
        self.taken = True
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > MAX_BYTES:
            self.content = BytesIO()
            self.outer.refusal = TOO_HEAVY
            raise SkipFile
        self.content.write(raw_data)

    def file_complete(self, file_size):
        self.content.seek(0)
        details = (self.field_name, self.file_name, self.content_type, file_size, self.charset)
        return InMemoryUploadedFile(self.content, *details, self.content_type_extra)


class CertificateUpload(FileUploadHandler):
    """The only upload handler of the proposal's form. Everything that was typed is read, whatever the file is.

    refusal: the French sentence that says why the file was left out, or "".
    """

    refusal = ""

    def refuse_path(self):
        self.refusal = PATH_IN_NAME

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        handlers = [_MemoryHandler(self)]
        return _Parser(META, input_data, handlers, encoding, on_path=self.refuse_path).parse()

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None
