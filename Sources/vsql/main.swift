import VSQL
print(VSQLVersion.current)
