from members.enums import Role

# Who reads the board's pages.
READERS = (Role.COORDINATION, Role.BOARD)
